import { Injectable } from '@nestjs/common';
import { coarser, LEVEL_MS, LEVELS, ORIGIN_MS, type Family, type Level } from '../../metrics/index.js';
import type { Transaction } from './rollup-database.js';

/** What has to be known to tell whether a raw day may go. */
export interface QuietQuestion {
  readonly day: string;
  readonly quietSince: Date;
  readonly families: readonly Family[];
}

export interface LiveBuckets {
  readonly family: string;
  readonly level: Level;
  /** Epoch milliseconds, ascending. */
  readonly starts: readonly number[];
}

/** Rollups of a family and level that begin before `keptFrom` are too old. */
export interface RollupBorder {
  readonly family: string;
  readonly level: Level;
  readonly keptFrom: number;
}

const SEALED_LEVELS = LEVELS.filter((level) => level !== 'weekly');

/** Raw events by UTC day: whether one may go, and its end. */
@Injectable()
export class RawDayRepository {
  /** For the rest of the transaction: better to try again in an hour than to hold others up. */
  async waitForLocksBriefly(tx: Transaction): Promise<void> {
    await tx.query(`SET LOCAL lock_timeout = '5s'`);
  }

  /** Nothing may be written to the day from here to the end of the transaction; reading goes on. */
  async lock(tx: Transaction, day: string): Promise<void> {
    await tx.query(`LOCK TABLE ${partitionOf(day)} IN SHARE ROW EXCLUSIVE MODE`);
  }

  /** Whether nothing was received for the day since `quietSince` and nothing of it waits to be rolled up. */
  async isQuiet(tx: Transaction, { day, quietSince, families }: QuietQuestion): Promise<boolean> {
    const [row]: { quiet: boolean }[] = await tx.query(
      `SELECT NOT EXISTS (SELECT 1 FROM raw_days WHERE day = $1::date AND last_received_at > $2)
          AND NOT EXISTS (SELECT 1 FROM rollup_invalidations
                           WHERE family = ANY($3) AND level = ANY($4)
                             AND bucket_start >= $1::date::timestamp AT TIME ZONE 'UTC'
                             AND bucket_start < ($1::date + 1)::timestamp AT TIME ZONE 'UTC') AS quiet`,
      [day, quietSince, families.map(({ name }) => name), SEALED_LEVELS],
    );
    return row?.quiet === true;
  }

  /** TRUNCATE and not DROP: it locks the partition alone, and takes effect with the transaction that seals. */
  async empty(tx: Transaction, day: string): Promise<void> {
    await tx.query(`TRUNCATE ${partitionOf(day)}`);
    await tx.query(`DELETE FROM raw_days WHERE day = $1::date`, [day]);
  }

  /**
   * The live buckets of the day by family and level, oldest first. Weeks are not among them: they have no sealed rows,
   * but are added up from all of their days.
   */
  async liveBuckets(tx: Transaction, families: readonly Family[], day: string): Promise<LiveBuckets[]> {
    const start = new Date(`${day}T00:00:00Z`);
    const rows: { family: string; level: Level; starts: string[] }[] = await tx.query(
      `SELECT family, level, array_agg(start ORDER BY start) AS starts
         FROM (SELECT DISTINCT family, granularity AS level, (extract(epoch FROM bucket_start) * 1000)::bigint AS start
                 FROM analytics_rollups
                WHERE family = ANY($1) AND granularity = ANY($2) AND bucket_start >= $3 AND bucket_start < $4
                  AND NOT sealed) live
        GROUP BY 1, 2`,
      [families.map(({ name }) => name), SEALED_LEVELS, start, new Date(start.getTime() + LEVEL_MS.daily)],
    );
    return rows.map(({ family, level, starts }) => ({ family, level, starts: starts.map(Number) }));
  }

  /**
   * Deletes rollups from before the borders of their levels, a few at a time, but none that a level above waits for.
   * @returns how many rows went; 0 means that this was all
   */
  async deleteRollups(tx: Transaction, borders: readonly RollupBorder[], limit: number): Promise<number> {
    const above = borders.map(({ level }) => coarser(level) ?? level);
    const [, deleted]: [unknown[], number] = await tx.query(
      `DELETE FROM analytics_rollups r USING (
         SELECT old.ctid FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::interval[])
                AS b(family, level, kept_from, above, above_width)
         CROSS JOIN LATERAL (
           SELECT ctid FROM analytics_rollups o
            WHERE o.family = b.family AND o.granularity = b.level AND o.bucket_start < b.kept_from
              AND NOT EXISTS (SELECT 1 FROM rollup_invalidations m
                               WHERE m.family = b.family AND m.level = b.above
                                 AND m.bucket_start = date_bin(b.above_width, o.bucket_start, $7))
            LIMIT $6) old) gone
        WHERE r.ctid = gone.ctid`,
      [
        borders.map(({ family }) => family),
        borders.map(({ level }) => level),
        borders.map(({ keptFrom }) => new Date(keptFrom)),
        above,
        above.map((level) => `${LEVEL_MS[level]} milliseconds`),
        limit,
        new Date(ORIGIN_MS),
      ],
    );
    return deleted;
  }
}

function partitionOf(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`Not a day: ${day}`);
  return `analytics_events_p${day.replaceAll('-', '')}`;
}
