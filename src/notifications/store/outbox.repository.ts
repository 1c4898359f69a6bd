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
  readonly severity: Severity;
  readonly lane: Lane;
  readonly dueAt: Date;
  readonly fallbackFor?: Channel;
}

/** Where a firing notice went, so that the resolved one can follow. */
export interface Destination {
  readonly channel: Channel;
  readonly address: string;
  readonly target: string;
  readonly recipients: readonly string[];
}

const DELIVERY_COLUMNS = `id, notice_id, channel, address, target, recipients, severity, lane, status, reason, fallback_for,
  due_at, held_until`;

/** Writes the outbox, in the transaction of whatever people are told about. */
@Injectable()
export class OutboxRepository {
  /** The id of the notice, and whether it is new: the same transition and kind is one notice. */
  async addNotice(tx: TransactionHandle, notice: NewNotice): Promise<{ id: string; isNew: boolean }> {
    const inserted = await tx.query<{ id: string }[]>(
      `INSERT INTO notification_notices (id, alert_id, transition_id, kind, severity, detected_at, content, correlation_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
       ON CONFLICT (transition_id, kind) DO NOTHING RETURNING id`,
      [
        notice.id,
        notice.alertId,
        notice.transitionId,
        notice.kind,
        notice.severity,
        notice.detectedAt,
        JSON.stringify(notice.content),
        notice.correlationId,
      ],
    );
    if (inserted[0]) return { id: inserted[0].id, isNew: true };
    const known = await tx.query<{ id: string }[]>(
      'SELECT id FROM notification_notices WHERE transition_id = $1 AND kind = $2',
      [notice.transitionId, notice.kind],
    );
    return { id: known[0]!.id, isNew: false };
  }

  /** What is there already for a notice, channel and address stays as it is. */
  async addDeliveries(tx: TransactionHandle, noticeId: string, deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length > 0) await this.insert(tx, { noticeId, deliveries, otherwise: 'DO NOTHING' });
  }

  /** Like `addDeliveries`, but what was skipped is sent after all: somebody has to be reached. */
  async addFallbacks(tx: TransactionHandle, noticeId: string, deliveries: readonly NewDelivery[]): Promise<void> {
    const otherwise = `DO UPDATE SET status = 'pending', reason = NULL, fallback_for = EXCLUDED.fallback_for,
         due_at = EXCLUDED.due_at, held_until = NULL, recipients = EXCLUDED.recipients
       WHERE notification_deliveries.status = 'skipped'`;
    await this.insert(tx, { noticeId, deliveries, otherwise });
  }

  private async insert(
    tx: TransactionHandle,
    { noticeId, deliveries, otherwise }: { noticeId: string; deliveries: readonly NewDelivery[]; otherwise: string },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO notification_deliveries (${DELIVERY_COLUMNS})
       SELECT ${DELIVERY_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS planned (id uuid, notice_id uuid, channel text,
         address text, target text, recipients text[], severity text, lane text, status text, reason text,
         fallback_for text, due_at timestamptz, held_until timestamptz)
       ON CONFLICT (notice_id, channel, address) ${otherwise}`,
      [JSON.stringify(deliveries.map((delivery) => toRow(noticeId, delivery)))],
    );
  }

  /** As they were planned, oldest first. */
  async deliveriesOf(tx: TransactionHandle, noticeId: string): Promise<PlannedRow[]> {
    return tx.query<PlannedRow[]>(
      'SELECT channel, target, status, reason FROM notification_deliveries WHERE notice_id = $1 ORDER BY id',
      [noticeId],
    );
  }

  /** Where notices of an alert went or are going. */
  async destinationsOf(tx: TransactionHandle, alertId: string): Promise<Destination[]> {
    return tx.query<Destination[]>(
      `SELECT channel, address, min(target) AS target, array_agg(DISTINCT recipient) AS recipients
         FROM notification_deliveries delivery
         JOIN notification_notices notice ON notice.id = delivery.notice_id
        CROSS JOIN LATERAL unnest(delivery.recipients) AS recipient
        WHERE notice.alert_id = $1 AND notice.kind IN ('firing', 'reminder')
          AND delivery.status IN ('pending', 'folded', 'sent')
        GROUP BY channel, address ORDER BY channel, address`,
      [alertId],
    );
  }
}

export interface PlannedRow {
  readonly channel: Channel;
  readonly target: string;
  readonly status: string;
  readonly reason: string | null;
}

function toRow(noticeId: string, delivery: NewDelivery): object {
  return {
    id: delivery.id,
    notice_id: noticeId,
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
