import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel } from '../domain/channel.js';
import { TARGET_SECONDS, type PromisedSeverity } from '../domain/objectives.js';

/** Counts of one severity, on one channel or (`null`) on all of them. */
export interface DeliveryTimes {
  readonly severity: PromisedSeverity;
  readonly channel: Channel | null;
  readonly within: number;
  readonly late: number;
  readonly late_pending: number;
  readonly failed: number;
  readonly pending: number;
  readonly p50_seconds: number | null;
  readonly p95_seconds: number | null;
  readonly max_seconds: number | null;
}

/** Measures how long notices took. */
@Injectable()
export class SloRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Of notices detected in `[from, now)`; one that a digest speaks for has the fate of the digest. */
  async times(from: Date, now: Date): Promise<DeliveryTimes[]> {
    const targets = Object.entries(TARGET_SECONDS).map(([severity, seconds]) => ({ severity, seconds }));
    return this.dataSource.query<DeliveryTimes[]>(
      `WITH timed AS (
         SELECT notice.severity, delivery.channel, fate.status, target.seconds AS target,
                extract(epoch FROM coalesce(fate.sent_at, $2::timestamptz)
                        - greatest(notice.detected_at, coalesce(delivery.held_until, notice.detected_at)))::float AS took
           FROM notification_notices notice
           JOIN jsonb_to_recordset($3::jsonb) AS target (severity text, seconds integer) USING (severity)
           JOIN notification_deliveries delivery ON delivery.notice_id = notice.id
           JOIN notification_deliveries fate ON fate.id = coalesce(delivery.folded_into, delivery.id)
          WHERE notice.detected_at >= $1 AND notice.detected_at < $2 AND fate.status IN ('pending', 'sent', 'failed')
       )
       SELECT severity, channel,
              count(*) FILTER (WHERE status = 'sent' AND took <= target)::integer AS within,
              count(*) FILTER (WHERE status <> 'failed' AND took > target)::integer AS late,
              count(*) FILTER (WHERE status = 'pending' AND took > target)::integer AS late_pending,
              count(*) FILTER (WHERE status = 'failed')::integer AS failed,
              count(*) FILTER (WHERE status = 'pending' AND took <= target)::integer AS pending,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE status = 'sent') AS p50_seconds,
              percentile_disc(0.95) WITHIN GROUP (ORDER BY took) FILTER (WHERE status = 'sent') AS p95_seconds,
              max(took) FILTER (WHERE status = 'sent') AS max_seconds
         FROM timed GROUP BY GROUPING SETS ((severity), (severity, channel)) ORDER BY severity, channel NULLS FIRST`,
      [from, now, JSON.stringify(targets)],
    );
  }
}
