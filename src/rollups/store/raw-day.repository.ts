import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { coarser, LEVEL_MS, LEVELS, ORIGIN_MS, type Family, type Level } from '../../metrics/index.js';

/** What has to be known to tell whether a raw day may go. */
export interface QuietQuestion {
  readonly day: string;
  readonly quietSince: Date;
  readonly families: readonly Family[];
}

/** Raw events by UTC day: whether one may go, and its end. */
@Injectable()
export class RawDayRepository {
  /** For the rest of the transaction: better to try again in an hour than to hold others up. */
  async waitForLocksBriefly(tx: EntityManager): Promise<void> {
    await tx.query(`SET LOCAL lock_timeout = '5s'`);
  }

  /** Nothing may be written to the day from here to the end of the transaction; reading goes on. */
  async lock(tx: EntityManager, day: string): Promise<void> {
    await tx.query(`LOCK TABLE ${partitionOf(day)} IN SHARE ROW EXCLUSIVE MODE`);
  }

  /** Whether nothing was received for the day since `quietSince` and nothing of it waits to be rolled up. */
  async isQuiet(tx: EntityManager, { day, quietSince, families }: QuietQuestion): Promise<boolean> {
    const [row]: { quiet: boolean }[] = await tx.query(
      `SELECT NOT EXISTS (SELECT 1 FROM raw_days WHERE day = $1::date AND last_received_at > $2)
          AND NOT EXISTS (SELECT 1 FROM rollup_invalidations
                           WHERE family = ANY($3) AND level = ANY($4)
                             AND bucket_start >= $1::date::timestamp AT TIME ZONE 'UTC'
                             AND bucket_start < ($1::date + 1)::timestamp AT TIME ZONE 'UTC') AS quiet`,
      [day, quietSince, families.map(({ name }) => name), LEVELS.filter((level) => level !== 'weekly')],
    );
    return row?.quiet === true;
  }

  /** TRUNCATE and not DROP: it locks the partition alone, and takes effect with the transaction that seals. */
  async empty(tx: EntityManager, day: string): Promise<void> {
    await tx.query(`TRUNCATE ${partitionOf(day)}`);
    await tx.query(`DELETE FROM raw_days WHERE day = $1::date`, [day]);
  }

  /** Starts of the live buckets of a family and level on the day, oldest first. */
  async liveBuckets(tx: EntityManager, family: Family, level: Level, day: string): Promise<number[]> {
    const start = new Date(`${day}T00:00:00Z`);
    const rows: { start: string }[] = await tx.query(
      `SELECT DISTINCT extract(epoch FROM bucket_start) * 1000 AS start FROM analytics_rollups
        WHERE family = $1 AND granularity = $2 AND bucket_start >= $3 AND bucket_start < $4 AND NOT sealed ORDER BY 1`,
      [family.name, level, start, new Date(start.getTime() + LEVEL_MS.daily)],
    );
    return rows.map((row) => Number(row.start));
  }

  /**
   * Deletes rollups of a level from before `keptFrom`, a few at a time, but none that a level above still waits for.
   * @returns how many rows went; fewer than `limit` means that was all
   */
  async deleteRollups(
    tx: EntityManager,
    family: Family,
    level: Level,
    keptFrom: number,
    limit: number,
  ): Promise<number> {
    const above = coarser(level) ?? level;
    const rows: unknown[] = await tx.query(
      `WITH old AS (
         SELECT ctid FROM analytics_rollups r
          WHERE r.family = $1 AND r.granularity = $2 AND r.bucket_start < $3
            AND NOT EXISTS (SELECT 1 FROM rollup_invalidations m
                             WHERE m.family = $1 AND m.level = $5
                               AND m.bucket_start = date_bin($6::interval, r.bucket_start, $7))
          LIMIT $4)
       DELETE FROM analytics_rollups r USING old WHERE r.ctid = old.ctid RETURNING 1`,
      [family.name, level, new Date(keptFrom), limit, above, `${LEVEL_MS[above]} milliseconds`, new Date(ORIGIN_MS)],
    );
    return rowCount(rows);
  }
}

/** TypeORM answers a DELETE with [rows, count]. */
function rowCount(answer: unknown[]): number {
  return typeof answer[1] === 'number' ? answer[1] : answer.length;
}

function partitionOf(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`Not a day: ${day}`);
  return `analytics_events_p${day.replaceAll('-', '')}`;
}
