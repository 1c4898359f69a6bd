import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { NoticeContent } from '../domain/alert-view.js';
import { CHANNELS, SEVERITIES, type Channel, type Severity } from '../domain/channel.js';
import type { LateContent } from '../domain/digest-view.js';
import type { ChannelStatus, ChannelStatuses } from '../domain/fallback.js';
import type { Recipient } from '../domain/routing.js';
import type { TransactionHandle } from './transaction.js';

/** A delivery that this process may send, and nobody else until `claimed_until`. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly notice_id: string;
  readonly alert_id: string | null;
  readonly channel: Channel;
  readonly address: string;
  readonly recipients: readonly string[];
  readonly severity: Severity;
  readonly digest: boolean;
  /** Of this claim: what a worker writes whose lease ran out is not taken any more. */
  readonly claim_count: number;
  readonly detected_at: Date;
  readonly held_until: Date | null;
  readonly correlation_id: string;
  readonly content: NoticeContent | LateContent;
}

/** A claimed delivery whose provider is being called. */
export interface StartedDelivery extends ClaimedDelivery {
  /** This one included. */
  readonly attempts: number;
  readonly first_attempt_at: Date;
}

/** One that is pending longer than its notice can wait for. */
export type DelayedDelivery = Pick<StartedDelivery, 'id' | 'channel' | 'severity' | 'first_attempt_at'>;

/** A notice as one delivery carries it. */
export interface CarriedNotice {
  readonly notice_id: string;
  readonly recipients: readonly Recipient[];
}

export interface QueuedDelivery {
  readonly id: string;
  readonly channel: Channel;
  /** Counts how often it was put into the queue, to give each job an id of its own. */
  readonly enqueues: number;
}

/** A job that has not led to an attempt after so long is taken to be lost; each time it was, for twice as long. */
const LOST_AFTER_SECONDS = 10;
const MAX_DOUBLINGS = 4;

/** What is sent, by whom, and how it ended. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Marks as queued what is due, the critical first, as long as no more than `most` of a channel are queued. */
  async enqueueDue(now: Date, most: number): Promise<QueuedDelivery[]> {
    const [rows] = await this.dataSource.query<[QueuedDelivery[], number]>(
      `WITH lost AS (SELECT $1::timestamptz AS now, $3::integer AS seconds, ${MAX_DOUBLINGS} AS doublings),
       room AS (
         SELECT channel, $2 - (SELECT count(*) FROM notification_deliveries queued
                                WHERE queued.channel = given.channel AND queued.status = 'pending'
                                  AND queued.enqueued_at IS NOT NULL
                                  AND queued.enqueued_at > $1::timestamptz - make_interval(secs => $3::integer)) AS places
           FROM unnest($4::text[]) AS given (channel)
       ), due AS (
         SELECT picked.id FROM room
          CROSS JOIN LATERAL (
            SELECT ranked.id FROM unnest($5::text[]) WITH ORDINALITY AS given (severity, rank)
             CROSS JOIN LATERAL (
               SELECT id FROM notification_deliveries delivery, lost
                WHERE delivery.channel = room.channel AND delivery.severity = given.severity
                  AND delivery.status = 'pending' AND delivery.released_at IS NOT NULL AND delivery.due_at <= lost.now
                  AND (delivery.claimed_until IS NULL OR delivery.claimed_until < now())
                  AND (delivery.enqueued_at IS NULL OR delivery.enqueued_at
                       < lost.now - make_interval(secs => lost.seconds * 2 ^ least(
                           greatest(delivery.enqueues - delivery.attempts - 1, 0), lost.doublings)))
                ORDER BY delivery.due_at LIMIT greatest(room.places, 0)
             ) ranked
             ORDER BY given.rank LIMIT greatest(room.places, 0)
          ) picked
       )
       UPDATE notification_deliveries delivery SET enqueued_at = $1, enqueues = delivery.enqueues + 1
         FROM due WHERE delivery.id = due.id
       RETURNING delivery.id, delivery.channel, delivery.enqueues`,
      [now, most, LOST_AFTER_SECONDS, CHANNELS, [...SEVERITIES].reverse()],
    );
    return rows;
  }

  /** The queue did not take them: the next look may pick them again. */
  async unqueue(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE notification_deliveries SET enqueued_at = NULL WHERE id = ANY ($1::uuid[]) AND status = 'pending'`,
      [ids],
    );
  }

  /** Milliseconds until a delivery, or the fallback of one, falls due that is not yet; `undefined` when nothing waits. */
  async nextDueInMs(now: Date): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ at: Date | null }[]>(
      `SELECT least((SELECT min(due_at) FROM notification_deliveries WHERE status = 'pending' AND due_at > $1),
                    (SELECT min(fallback_at) FROM notification_deliveries
                      WHERE status = 'pending' AND fallback_at > $1)) AS at`,
      [now],
    );
    return row?.at ? row.at.getTime() - now.getTime() : undefined;
  }

  /**
   * Takes a delivery that is due for as long as a lease. Where an attempt was begun and its end not recorded, the worker
   * died in between: the next attempt may be a repeat, and is marked so.
   */
  async claim(id: string, now: Date, leaseMs: number): Promise<ClaimedDelivery | undefined> {
    const [rows] = await this.dataSource.query<[ClaimedDelivery[], number]>(
      `UPDATE notification_deliveries delivery
          SET claim_count = claim_count + 1, claimed_until = now() + make_interval(secs => $3::float / 1000),
              possible_duplicate = possible_duplicate OR (attempt_started_at IS NOT NULL AND channel <> 'in_app'),
              attempt_started_at = NULL
         FROM notification_notices notice
        WHERE delivery.id = $1 AND notice.id = delivery.notice_id AND delivery.status = 'pending'
          AND delivery.released_at IS NOT NULL AND delivery.due_at <= $2
          AND (delivery.claimed_until IS NULL OR delivery.claimed_until < now())
       RETURNING delivery.id, delivery.notice_id, notice.alert_id, delivery.channel, delivery.address,
                 delivery.recipients, delivery.severity, delivery.digest, delivery.claim_count, notice.detected_at,
                 delivery.held_until, notice.correlation_id, notice.content`,
      [id, now, leaseMs],
    );
    return rows[0];
  }

  /**
   * Counts an attempt, immediately before the provider is called. `undefined`: the claim was lost to another worker, and
   * the provider must not be called.
   * @param fallbackAfterMs from the first attempt
   */
  async startAttempt(
    claimed: ClaimedDelivery,
    { at, fallbackAfterMs }: { readonly at: Date; readonly fallbackAfterMs: number },
  ): Promise<StartedDelivery | undefined> {
    const [rows] = await this.dataSource.query<[Pick<StartedDelivery, 'attempts' | 'first_attempt_at'>[], number]>(
      `UPDATE notification_deliveries
          SET attempts = attempts + 1, attempt_started_at = $3, first_attempt_at = coalesce(first_attempt_at, $3),
              fallback_at = CASE WHEN first_attempt_at IS NULL
                THEN $3::timestamptz + make_interval(secs => $4::float / 1000) ELSE fallback_at END
        WHERE id = $1 AND claim_count = $2 AND status = 'pending'
       RETURNING attempts, first_attempt_at`,
      [claimed.id, claimed.claim_count, at, fallbackAfterMs],
    );
    return rows[0] && { ...claimed, ...rows[0] };
  }

  /** Of the notices that a digest speaks for, its own first, oldest first. */
  async foldedInto(digestId: string): Promise<ClaimedDelivery['content'][]> {
    const rows = await this.dataSource.query<{ content: ClaimedDelivery['content'] }[]>(
      `SELECT notice.content FROM notification_deliveries delivery
         JOIN notification_notices notice ON notice.id = delivery.notice_id
        WHERE delivery.id = $1 OR delivery.folded_into = $1 ORDER BY delivery.id`,
      [digestId],
    );
    return rows.map(({ content }) => content);
  }

  /** Also by a worker that lost its claim in the meantime: what was accepted is not sent again. */
  async recordSent(
    { id }: ClaimedDelivery,
    sent: { readonly at: Date; readonly reference?: string; readonly warning?: string },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE notification_deliveries SET status = 'sent', sent_at = $2, provider_reference = $3, error = $4,
              claimed_until = NULL, attempt_started_at = NULL
        WHERE id = $1 AND status = 'pending'`,
      [id, sent.at, sent.reference ?? null, sent.warning ?? null],
    );
  }

  async recordRetry(
    { id, claim_count: claim }: ClaimedDelivery,
    retry: { readonly dueAt: Date; readonly error: string; readonly mayHaveArrived: boolean },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE notification_deliveries SET due_at = $3, error = $4, possible_duplicate = possible_duplicate OR $5,
              claimed_until = NULL, attempt_started_at = NULL, enqueued_at = NULL
        WHERE id = $1 AND claim_count = $2 AND status = 'pending'`,
      [id, claim, retry.dueAt, retry.error, retry.mayHaveArrived],
    );
  }

  /** @param andThen writes what follows from the failure, in the same transaction */
  async recordFailed(
    { id, claim_count: claim }: ClaimedDelivery,
    { error, mayHaveArrived }: { readonly error: string; readonly mayHaveArrived: boolean },
    andThen: (tx: TransactionHandle) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [, failed] = await tx.query<[unknown[], number]>(
        `UPDATE notification_deliveries SET status = 'failed', error = $3, claimed_until = NULL,
                attempt_started_at = NULL, possible_duplicate = possible_duplicate OR $4
          WHERE id = $1 AND claim_count = $2 AND status = 'pending'`,
        [id, claim, error, mayHaveArrived],
      );
      if (failed > 0) await andThen(tx);
    });
  }

  /**
   * Takes the deliveries that are still pending when their fallback is due, the longest due first, each once: what `plan`
   * writes about them is committed with that. Where it throws, nothing of that one delivery is written, and it is due again
   * when `onFailed` says. True: there may be more.
   */
  async takeFallbacksDue(
    { now, most }: { readonly now: Date; readonly most: number },
    plan: (tx: TransactionHandle, delayed: DelayedDelivery) => Promise<void>,
    onFailed: (delayed: DelayedDelivery, error: unknown) => Date,
  ): Promise<boolean> {
    // Most of the time none is due: a look costs less than a transaction.
    const due = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM notification_deliveries WHERE status = 'pending' AND fallback_at <= $1 LIMIT 1`,
      [now],
    );
    if (due.length === 0) return false;
    return this.dataSource.transaction(async (tx) => {
      const [delayed] = await tx.query<[DelayedDelivery[], number]>(
        `UPDATE notification_deliveries SET fallback_at = NULL
          WHERE id = ANY (ARRAY(
            SELECT id FROM notification_deliveries
             WHERE status = 'pending' AND fallback_at <= $1 ORDER BY fallback_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING id, channel, severity, first_attempt_at`,
        [now, most],
      );
      for (const each of delayed) {
        try {
          // A savepoint: without it the first statement that fails would undo the plans of all.
          await tx.transaction((savepoint) => plan(savepoint, each));
        } catch (error) {
          await this.postponeFallback(tx, each.id, onFailed(each, error));
        }
      }
      return delayed.length === most;
    });
  }

  private async postponeFallback(tx: TransactionHandle, id: string, until: Date): Promise<void> {
    await tx.query('UPDATE notification_deliveries SET fallback_at = $2 WHERE id = $1', [id, until]);
  }

  /** The status of a notice on each channel of a recipient; where there are several addresses, the one that fares best. */
  async statusesOf(tx: TransactionHandle, noticeId: string, recipient: string): Promise<ChannelStatuses> {
    const rows = await tx.query<{ channel: Channel; status: ChannelStatus }[]>(
      `SELECT DISTINCT ON (channel) channel, status FROM (
         SELECT delivery.channel, CASE WHEN fate.status = 'pending' AND fate.first_attempt_at IS NOT NULL
                  AND fate.fallback_at IS NULL THEN 'delayed' ELSE fate.status END AS status
           FROM notification_deliveries delivery
           JOIN notification_deliveries fate ON fate.id = coalesce(delivery.folded_into, delivery.id)
          WHERE delivery.notice_id = $1 AND $2 = ANY (delivery.recipients)) each
        ORDER BY channel, array_position(ARRAY['sent', 'pending', 'folded', 'delayed', 'failed', 'skipped'], status)`,
      [noticeId, recipient],
    );
    return new Map(rows.map(({ channel, status }) => [channel, status]));
  }

  /** The notices that a delivery speaks for, of a digest those folded into it as well: each needs a fallback of its own. */
  async noticesOf(tx: TransactionHandle, deliveryId: string): Promise<CarriedNotice[]> {
    return tx.query<CarriedNotice[]>(
      `SELECT notice_id, recipients FROM notification_deliveries WHERE id = $1 OR folded_into = $1 ORDER BY id`,
      [deliveryId],
    );
  }
}
