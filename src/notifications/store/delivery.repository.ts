import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { NoticeContent } from '../domain/alert-view.js';
import { CHANNELS, SEVERITIES, type Channel, type Severity } from '../domain/channel.js';
import type { LateContent } from '../domain/digest-view.js';
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
  /** This one included. */
  readonly attempts: number;
  readonly digest: boolean;
  readonly detected_at: Date;
  readonly held_until: Date | null;
  readonly correlation_id: string;
  readonly content: NoticeContent | LateContent;
}

export interface QueuedDelivery {
  readonly id: string;
  readonly channel: Channel;
  /** Counts how often it was put into the queue, to give each job an id of its own. */
  readonly enqueues: number;
}

/** A job that has not begun after so long is taken to be lost; each time it was, for twice as long. */
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
                       < lost.now - make_interval(secs => lost.seconds * 2 ^ least(delivery.enqueues - 1, lost.doublings)))
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

  /** Milliseconds until something falls due that is not yet; `undefined` when nothing waits. */
  async nextDueInMs(now: Date): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ at: Date | null }[]>(
      `SELECT min(due_at) AS at FROM notification_deliveries WHERE status = 'pending' AND due_at > $1`,
      [now],
    );
    return row?.at ? row.at.getTime() - now.getTime() : undefined;
  }

  /**
   * Takes a delivery that is due for as long as a lease. Where an earlier lease ran out, its holder died between sending
   * and recording: this attempt may be a repeat, and is marked so.
   */
  async claim(id: string, now: Date, leaseMs: number): Promise<ClaimedDelivery | undefined> {
    const [rows] = await this.dataSource.query<[ClaimedDelivery[], number]>(
      `UPDATE notification_deliveries delivery
          SET attempts = attempts + 1, claimed_until = now() + make_interval(secs => $3::float / 1000),
              possible_duplicate = possible_duplicate OR (claimed_until IS NOT NULL AND channel <> 'in_app')
         FROM notification_notices notice
        WHERE delivery.id = $1 AND notice.id = delivery.notice_id AND delivery.status = 'pending'
          AND delivery.released_at IS NOT NULL AND delivery.due_at <= $2
          AND (delivery.claimed_until IS NULL OR delivery.claimed_until < now())
       RETURNING delivery.id, delivery.notice_id, notice.alert_id, delivery.channel, delivery.address,
                 delivery.recipients, delivery.severity, delivery.attempts, delivery.digest, notice.detected_at,
                 delivery.held_until, notice.correlation_id, notice.content`,
      [id, now, leaseMs],
    );
    return rows[0];
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

  async recordSent({ id, attempts }: ClaimedDelivery, sentAt: Date, reference: string | undefined): Promise<void> {
    await this.dataSource.query(
      `UPDATE notification_deliveries SET status = 'sent', sent_at = $3, provider_reference = $4, error = NULL,
              claimed_until = NULL
        WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
      [id, attempts, sentAt, reference ?? null],
    );
  }

  async recordRetry(
    { id, attempts }: ClaimedDelivery,
    retry: { readonly dueAt: Date; readonly error: string; readonly mayHaveArrived: boolean },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE notification_deliveries SET due_at = $3, error = $4, possible_duplicate = possible_duplicate OR $5,
              claimed_until = NULL, enqueued_at = NULL
        WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
      [id, attempts, retry.dueAt, retry.error, retry.mayHaveArrived],
    );
  }

  /** @param andThen writes what follows from the failure, in the same transaction */
  async recordFailed(
    { id, attempts }: ClaimedDelivery,
    error: string,
    andThen: (tx: TransactionHandle) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [, failed] = await tx.query<[unknown[], number]>(
        `UPDATE notification_deliveries SET status = 'failed', error = $3, claimed_until = NULL
          WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
        [id, attempts, error],
      );
      if (failed > 0) await andThen(tx);
    });
  }

  /** What became of a notice on each channel of somebody. */
  async fatesOf(tx: TransactionHandle, noticeId: string, recipient: string): Promise<Map<Channel, string>> {
    const rows = await tx.query<{ channel: Channel; status: string }[]>(
      `SELECT delivery.channel, fate.status FROM notification_deliveries delivery
         JOIN notification_deliveries fate ON fate.id = coalesce(delivery.folded_into, delivery.id)
        WHERE delivery.notice_id = $1 AND $2 = ANY (delivery.recipients)`,
      [noticeId, recipient],
    );
    return new Map(rows.map(({ channel, status }) => [channel, status]));
  }

  /** What a digest that failed spoke for, itself included: each of them needs a way of its own. */
  async noticesOf(tx: TransactionHandle, deliveryId: string): Promise<{ notice_id: string; recipients: string[] }[]> {
    return tx.query(
      'SELECT notice_id, recipients FROM notification_deliveries WHERE id = $1 OR folded_into = $1 ORDER BY id',
      [deliveryId],
    );
  }
}
