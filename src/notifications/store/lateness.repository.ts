import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel } from '../domain/channel.js';
import { TARGET_SECONDS, type PromisedSeverity } from '../domain/objectives.js';
import type { TransactionHandle } from './transaction.js';

/** Notices of a severity that a channel has not delivered in time. */
export interface LateNotices {
  readonly channel: Channel;
  readonly severity: PromisedSeverity;
  readonly count: number;
  /** Of their rules, as often as they are late. */
  readonly names: readonly string[];
}

export interface ChannelTally {
  readonly channel: Channel;
  readonly sent: number;
  readonly failed: number;
  /** Still pending after the time its notice can wait. */
  readonly overdue: number;
  /** Pending after attempts that were refused. */
  readonly retried: number;
}

const TARGETS = `jsonb_to_recordset($2::jsonb) AS target (severity text, seconds integer)`;
/** A fallback is late from its beginning: what it stands in for is told of. */
const OVERDUE = `delivery.status = 'pending' AND notice.kind <> 'late' AND delivery.fallback_for IS NULL
  AND greatest(notice.detected_at, coalesce(delivery.held_until, notice.detected_at))
      < $1::timestamptz - make_interval(secs => target.seconds)`;
/** Whether its fallback has gone out beside it. */
const DELAYED = `delivery.status = 'pending' AND delivery.first_attempt_at IS NOT NULL AND delivery.fallback_at IS NULL`;
const MAX_NAMES = 200;

/** Finds what did not leave in time. */
@Injectable()
export class LatenessRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Each late delivery is handed out once; what `report` writes about them is committed with that. */
  async takeLate(
    now: Date,
    report: (tx: TransactionHandle, late: readonly LateNotices[]) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const late = await tx.query<LateNotices[]>(
        `WITH late AS (
           SELECT delivery.id, notice.content -> 'config' ->> 'name' AS name
             FROM notification_deliveries delivery JOIN ${TARGETS} USING (severity)
             JOIN notification_notices notice ON notice.id = delivery.notice_id
            WHERE ${OVERDUE} AND NOT delivery.reported_late FOR UPDATE OF delivery SKIP LOCKED
         ), reported AS (
           UPDATE notification_deliveries delivery SET reported_late = true FROM late WHERE delivery.id = late.id
           RETURNING delivery.channel, delivery.severity, late.name
         )
         SELECT channel, severity, count(*)::integer AS count, (array_agg(name ORDER BY name))[1:${MAX_NAMES}] AS names
           FROM reported GROUP BY channel, severity ORDER BY channel, severity`,
        [now, targets()],
      );
      if (late.length > 0) await report(tx, late);
    });
  }

  /**
   * Deliveries of notices detected since, by channel, and all that are still pending or were given up since, however old:
   * a delivery is tried for hours.
   */
  async tally(since: Date, now: Date): Promise<ChannelTally[]> {
    return this.dataSource.query<ChannelTally[]>(
      `WITH counted AS (
         SELECT delivery.id FROM notification_notices notice
           JOIN notification_deliveries delivery ON delivery.notice_id = notice.id
          WHERE notice.detected_at >= $3
         UNION SELECT id FROM notification_deliveries WHERE status = 'pending'
         UNION SELECT id FROM notification_deliveries WHERE status = 'failed' AND due_at >= $3
       )
       SELECT delivery.channel, count(*) FILTER (WHERE delivery.status = 'sent')::integer AS sent,
              count(*) FILTER (WHERE delivery.status = 'failed')::integer AS failed,
              count(*) FILTER (WHERE (${OVERDUE}) OR (${DELAYED}))::integer AS overdue,
              count(*) FILTER (WHERE delivery.status = 'pending' AND delivery.error IS NOT NULL)::integer AS retried
         FROM counted
         JOIN notification_deliveries delivery USING (id)
         JOIN notification_notices notice ON notice.id = delivery.notice_id
         LEFT JOIN ${TARGETS} ON target.severity = delivery.severity
        GROUP BY delivery.channel ORDER BY delivery.channel`,
      [now, targets(), since],
    );
  }
}

function targets(): string {
  return JSON.stringify(Object.entries(TARGET_SECONDS).map(([severity, seconds]) => ({ severity, seconds })));
}
