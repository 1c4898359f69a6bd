import { Injectable } from '@nestjs/common';
import type { Channel, Severity } from '../domain/channel.js';
import type { Lane } from '../domain/lane.js';
import type { Route } from '../domain/routing.js';
import type { TransactionHandle } from './transaction.js';

export interface NewNotice {
  readonly id: string;
  readonly alertId: string | null;
  readonly transitionId: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly detectedAt: Date;
  readonly content: object;
  readonly correlationId: string;
}

export interface NewDelivery extends Route {
  readonly id: string;
  readonly noticeId: string;
  readonly severity: Severity;
  readonly lane: Lane;
  readonly dueAt: Date;
  readonly fallbackFor?: Channel;
}

/** Where a firing notice went, so that the resolved one can follow. */
export interface Destination {
  readonly alertId: string;
  readonly channel: Channel;
  readonly address: string;
  readonly target: string;
  readonly recipients: readonly string[];
}

export interface AddedNotice {
  readonly id: string;
  readonly isNew: boolean;
}

/** Rows of one statement. */
const INSERTED_AT_ONCE = 5_000;
const NOTICE_COLUMNS = 'id, alert_id, transition_id, kind, severity, detected_at, content, correlation_id';
const DELIVERY_COLUMNS = `id, notice_id, channel, address, target, recipients, severity, lane, status, reason, fallback_for,
  due_at, held_until`;

/** Writes the outbox, in the transaction of whatever people are told about. */
@Injectable()
export class OutboxRepository {
  /** The ids of the notices, and which are new: the same transition and kind is one notice. */
  async addNotices(tx: TransactionHandle, notices: readonly NewNotice[]): Promise<AddedNotice[]> {
    const inserted = await tx.query<{ id: string }[]>(
      `INSERT INTO notification_notices (${NOTICE_COLUMNS})
       SELECT ${NOTICE_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS planned (id uuid, alert_id uuid, transition_id uuid,
         kind text, severity text, detected_at timestamptz, content jsonb, correlation_id text)
       ON CONFLICT (transition_id, kind) DO NOTHING RETURNING id`,
      [JSON.stringify(notices.map(toNoticeRow))],
    );
    const fresh = new Set(inserted.map(({ id }) => id));
    const known = await this.known(
      tx,
      notices.filter(({ id }) => !fresh.has(id)),
    );
    return notices.map(({ id, transitionId, kind }) =>
      fresh.has(id) ? { id, isNew: true } : { id: known.get(`${transitionId} ${kind}`)!, isNew: false },
    );
  }

  /** What is there already for a notice, channel and address stays as it is. */
  async addDeliveries(tx: TransactionHandle, deliveries: readonly NewDelivery[]): Promise<void> {
    await this.insert(tx, deliveries, 'DO NOTHING');
  }

  /** Like `addDeliveries`, but what was skipped is sent after all: the recipient has to be reached. */
  async addFallbacks(tx: TransactionHandle, deliveries: readonly NewDelivery[]): Promise<void> {
    const otherwise = `DO UPDATE SET status = 'pending', reason = NULL, fallback_for = EXCLUDED.fallback_for,
         due_at = EXCLUDED.due_at, held_until = EXCLUDED.held_until, recipients = EXCLUDED.recipients
       WHERE notification_deliveries.status = 'skipped'`;
    await this.insert(tx, deliveries, otherwise);
  }

  private async known(tx: TransactionHandle, notices: readonly NewNotice[]): Promise<Map<string, string>> {
    if (notices.length === 0) return new Map();
    const rows = await tx.query<{ id: string; key: string }[]>(
      `SELECT id, transition_id || ' ' || kind AS key FROM notification_notices WHERE transition_id = ANY ($1::uuid[])`,
      [notices.map(({ transitionId }) => transitionId)],
    );
    return new Map(rows.map(({ id, key }) => [key, id]));
  }

  private async insert(tx: TransactionHandle, deliveries: readonly NewDelivery[], otherwise: string): Promise<void> {
    for (let start = 0; start < deliveries.length; start += INSERTED_AT_ONCE) {
      await tx.query(
        `INSERT INTO notification_deliveries (${DELIVERY_COLUMNS})
         SELECT ${DELIVERY_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS planned (id uuid, notice_id uuid, channel text,
           address text, target text, recipients text[], severity text, lane text, status text, reason text,
           fallback_for text, due_at timestamptz, held_until timestamptz)
         ON CONFLICT (notice_id, channel, address) ${otherwise}`,
        [JSON.stringify(deliveries.slice(start, start + INSERTED_AT_ONCE).map(toRow))],
      );
    }
  }

  /** As they were planned, oldest first. */
  async deliveriesOf(tx: TransactionHandle, noticeId: string): Promise<PlannedRow[]> {
    return tx.query<PlannedRow[]>(
      'SELECT channel, target, status, reason FROM notification_deliveries WHERE notice_id = $1 ORDER BY id',
      [noticeId],
    );
  }

  /** Where notices of alerts went or are going. */
  async destinationsOf(tx: TransactionHandle, alertIds: readonly string[]): Promise<Destination[]> {
    return tx.query<Destination[]>(
      `SELECT notice.alert_id AS "alertId", channel, address, min(target) AS target, array_agg(DISTINCT recipient) AS recipients
         FROM notification_deliveries delivery
         JOIN notification_notices notice ON notice.id = delivery.notice_id
        CROSS JOIN LATERAL unnest(delivery.recipients) AS recipient
        WHERE notice.alert_id = ANY ($1::uuid[]) AND notice.kind IN ('firing', 'reminder')
          AND delivery.status IN ('pending', 'folded', 'sent')
        GROUP BY notice.alert_id, channel, address ORDER BY channel, address`,
      [alertIds],
    );
  }
}

export interface PlannedRow {
  readonly channel: Channel;
  readonly target: string;
  readonly status: string;
  readonly reason: string | null;
}

function toNoticeRow(notice: NewNotice): object {
  return {
    id: notice.id,
    alert_id: notice.alertId,
    transition_id: notice.transitionId,
    kind: notice.kind,
    severity: notice.severity,
    detected_at: notice.detectedAt,
    content: notice.content,
    correlation_id: notice.correlationId,
  };
}

function toRow(delivery: NewDelivery): object {
  return {
    id: delivery.id,
    notice_id: delivery.noticeId,
    channel: delivery.channel,
    address: delivery.address,
    target: delivery.target,
    recipients: delivery.recipients,
    severity: delivery.severity,
    lane: delivery.lane,
    status: delivery.skipped === undefined ? 'pending' : 'skipped',
    reason: delivery.skipped ?? null,
    fallback_for: delivery.fallbackFor ?? null,
    due_at: delivery.dueAt,
    held_until: delivery.heldUntil ?? null,
  };
}
