import { Injectable } from '@nestjs/common';
import { LEVEL_MS, type Family } from '../../metrics/index.js';
import type { Transaction } from './rollup-database.js';

const MINUTES_KEPT_MS = 2 * LEVEL_MS.daily;

/** The one row that says from when on minutes of business families are complete, and kept as long as days. */
@Injectable()
export class MinuteRetentionRepository {
  /** undefined: they are kept as minutes of other families are. */
  async keptSince(tx: Transaction): Promise<Date | undefined> {
    const [row]: { kept_since: Date }[] = await tx.query('SELECT kept_since FROM business_minute_retention');
    return row && new Date(row.kept_since);
  }

  /**
   * From the beginning of time on, if none can be gone: whatever is older than minutes were kept has left an hour or a day.
   * Else from `sureFrom` on. Does nothing when it was begun before.
   */
  async begin(
    tx: Transaction,
    { families, now, sureFrom }: { families: readonly Family[]; now: Date; sureFrom: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO business_minute_retention (kept_since)
       SELECT CASE WHEN EXISTS (SELECT 1 FROM analytics_rollups
                                 WHERE family = ANY($1) AND granularity IN ('hourly', 'daily') AND bucket_start < $2)
                   THEN $3::timestamptz ELSE to_timestamp(0) END
       ON CONFLICT DO NOTHING`,
      [families.map(({ name }) => name), new Date(now.getTime() - MINUTES_KEPT_MS), sureFrom],
    );
  }
}
