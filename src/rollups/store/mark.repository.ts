import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { floorTo, LEVEL_MS, type Family, type Level } from '../../metrics/index.js';

/** A bucket that waits to be rewritten, and how many events were announced for it. */
export interface PendingBucket {
  readonly start: number;
  readonly events: number;
}

/** When something was last received for a UTC day of raw events. */
export interface DayReceipt {
  readonly day: string;
  readonly receivedAt: Date;
}

/**
 * The marks in `rollup_invalidations`: appended in the transaction of the events (or of the level below), deleted in the
 * transaction that rewrites the buckets.
 */
@Injectable()
export class MarkRepository {
  /**
   * One writer a family. It has to be the transaction's first statement, and the transaction READ COMMITTED: whoever
   * waited for the lock must see, in what it reads afterwards, everything the one before it wrote.
   */
  async lockFamily(tx: EntityManager, family: Family): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`rollups:${family.name}`]);
  }

  /** Which of the families have a closed bucket of the level that is marked. */
  async due(tx: EntityManager, families: readonly string[], level: Level, now: Date): Promise<string[]> {
    const rows: { family: string }[] = await tx.query(
      `SELECT family FROM unnest($1::text[]) AS family
        WHERE EXISTS (SELECT 1 FROM rollup_invalidations m
                       WHERE m.family = family.family AND m.level = $2 AND m.bucket_start <= $3)`,
      [families, level, new Date(now.getTime() - LEVEL_MS[level])],
    );
    return rows.map(({ family }) => family);
  }

  /** Marked buckets that ended at or before `now`, newest first: what people look at is caught up before a backfill. */
  async closed(tx: EntityManager, family: Family, level: Level, now: Date, limit: number): Promise<PendingBucket[]> {
    const rows: { start: string; events: string }[] = await tx.query(
      `SELECT extract(epoch FROM bucket_start) * 1000 AS start, sum(events) AS events FROM rollup_invalidations
        WHERE family = $1 AND level = $2 AND bucket_start <= $3
        GROUP BY bucket_start ORDER BY bucket_start DESC LIMIT $4`,
      [family.name, level, new Date(now.getTime() - LEVEL_MS[level]), limit],
    );
    return rows.map(({ start, events }) => ({ start: Number(start), events: Number(events) }));
  }

  /**
   * Takes the marks of `level` inside the given buckets of `target`. What is appended later stays, and gets its buckets
   * rewritten again.
   */
  async take(
    tx: EntityManager,
    family: Family,
    level: Level,
    target: Level,
    starts: readonly number[],
  ): Promise<DayReceipt[]> {
    const rows: { day: string; received_at: Date }[] = await tx.query(
      `WITH bucket(starts) AS (SELECT unnest($3::timestamptz[])), taken AS (
         DELETE FROM rollup_invalidations m USING bucket
          WHERE m.family = $1 AND m.level = $2
            AND m.bucket_start >= bucket.starts AND m.bucket_start < bucket.starts + $4::interval
          RETURNING m.bucket_start, m.created_at)
       SELECT to_char(bucket_start AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, max(created_at) AS received_at
         FROM taken GROUP BY 1`,
      [family.name, level, starts.map((start) => new Date(start)), `${LEVEL_MS[target]} milliseconds`],
    );
    return rows.map(({ day, received_at }) => ({ day, receivedAt: received_at }));
  }

  /** Marks the buckets of `level` that cover `starts`. */
  async mark(tx: EntityManager, family: Family, level: Level, starts: readonly number[]): Promise<void> {
    const covering = [...new Set(starts.map((start) => floorTo(level, start)))];
    await tx.query(
      `INSERT INTO rollup_invalidations (family, level, bucket_start) SELECT $1, $2, unnest($3::timestamptz[])`,
      [family.name, level, covering.map((start) => new Date(start))],
    );
  }

  /** When the oldest mark of a closed minute was written, by family that has one. */
  async oldestClosed(tx: EntityManager, now: Date): Promise<Map<string, Date>> {
    const rows: { family: string; since: Date }[] = await tx.query(
      `SELECT family, min(created_at) AS since FROM rollup_invalidations
        WHERE level = 'minute' AND bucket_start <= $1 GROUP BY family`,
      [new Date(now.getTime() - LEVEL_MS.minute)],
    );
    return new Map(rows.map(({ family, since }) => [family, since]));
  }

  /** Remembers when something was last received for a day, which is what lets retention know that it is quiet. */
  async noteReceipts(tx: EntityManager, receipts: readonly DayReceipt[]): Promise<void> {
    await tx.query(
      `INSERT INTO raw_days (day, last_received_at) SELECT * FROM unnest($1::date[], $2::timestamptz[])
       ON CONFLICT (day) DO UPDATE SET last_received_at = greatest(raw_days.last_received_at, excluded.last_received_at)`,
      [receipts.map(({ day }) => day), receipts.map(({ receivedAt }) => receivedAt)],
    );
  }
}
