import { Injectable } from '@nestjs/common';
import { floorTo, LEVEL_MS, LEVELS, type EventKeys, type Family, type Level } from '../../metrics/index.js';
import type { Batch, PendingBucket } from '../domain/batch.js';
import type { Transaction } from './rollup-database.js';

/**
 * The marks in `rollup_invalidations`: appended in the transaction of the events (or of the level below), deleted in the
 * transaction that rewrites the buckets.
 */
@Injectable()
export class MarkRepository {
  /**
   * One writer a family; several families always in the same order. It has to be the transaction's first statement, and the transaction READ COMMITTED: whoever
   * waited for the lock must see, in what it reads afterwards, everything the one before it wrote.
   */
  async lockFamilies(tx: Transaction, families: readonly Family[]): Promise<void> {
    await tx.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('rollups:' || name, 0)) FROM unnest($1::text[]) AS name`,
      [families.map(({ name }) => name)],
    );
  }

  /** `<level> <family>` for every level of the families that has a closed bucket that is marked. */
  async due(tx: Transaction, families: readonly string[], now: Date): Promise<Set<string>> {
    const rows: { due: string }[] = await tx.query(
      `SELECT l.level || ' ' || f.family AS due
         FROM unnest($1::text[]) AS f(family), unnest($2::text[], $3::timestamptz[]) AS l(level, last_closed)
        WHERE EXISTS (SELECT 1 FROM rollup_invalidations m
                       WHERE m.family = f.family AND m.level = l.level AND m.bucket_start <= l.last_closed)`,
      [families, LEVELS, LEVELS.map((level) => new Date(now.getTime() - LEVEL_MS[level]))],
    );
    return new Set(rows.map(({ due }) => due));
  }

  /** Marked buckets that ended at or before `now`, newest first: what people look at is caught up before a backfill. */
  async closed(tx: Transaction, family: Family, level: Level, now: Date, limit: number): Promise<PendingBucket[]> {
    const rows: { start: string; events: string; named: boolean }[] = await tx.query(
      `SELECT extract(epoch FROM bucket_start) * 1000 AS start, sum(events) AS events, bool_and(late_ids IS NOT NULL) AS named
         FROM rollup_invalidations
        WHERE family = $1 AND level = $2 AND bucket_start <= $3
        GROUP BY bucket_start ORDER BY bucket_start DESC LIMIT $4`,
      [family.name, level, new Date(now.getTime() - LEVEL_MS[level]), limit],
    );
    return rows.map(({ start, events, named }) => ({ start: Number(start), events: Number(events), named }));
  }

  /** Takes the marks of the batch's buckets. What is appended later stays, and gets its buckets rewritten again. */
  async take(tx: Transaction, family: Family, { level, starts, settles }: Batch): Promise<void> {
    await tx.query(
      `DELETE FROM rollup_invalidations m USING unnest($3::timestamptz[]) AS bucket(starts)
        WHERE m.family = $1 AND m.level = ANY($2)
          AND m.bucket_start >= bucket.starts AND m.bucket_start < bucket.starts + $4::interval`,
      [family.name, settles, starts.map((start) => new Date(start)), `${LEVEL_MS[level]} milliseconds`],
    );
  }

  /** Takes these and no others. @returns the UTC days of the marks */
  async takeByIds(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const rows: { day: string }[] = await tx.query(
      `WITH taken AS (DELETE FROM rollup_invalidations WHERE id = ANY($1::bigint[]) RETURNING bucket_start)
       SELECT DISTINCT to_char(bucket_start AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM taken`,
      [ids],
    );
    return rows.map(({ day }) => day);
  }

  /** Takes the marks of these minutes that name their events. @returns the events */
  async takeNamed(tx: Transaction, family: Family, starts: readonly number[]): Promise<EventKeys> {
    const [row]: { ids: string[] | null; instants: string[] | null }[] = await tx.query(
      `WITH taken AS (
         DELETE FROM rollup_invalidations
          WHERE family = $1 AND level = 'minute' AND bucket_start = ANY($2::timestamptz[]) AND late_ids IS NOT NULL
          RETURNING bucket_start, late_ids, late_offsets)
       SELECT array_agg(late.id::text) AS ids, array_agg((bucket_start + late.micros * interval '1 microsecond')::text) AS instants
         FROM taken, unnest(late_ids, late_offsets) AS late(id, micros)`,
      [family.name, starts.map((start) => new Date(start))],
    );
    const within = { from: Math.min(...starts), to: Math.max(...starts) + LEVEL_MS.minute };
    return { ids: row?.ids ?? [], instants: row?.instants ?? [], within };
  }

  /** Marks the buckets of `level` that cover `starts`. */
  async mark(tx: Transaction, family: Family, level: Level, starts: readonly number[]): Promise<void> {
    const covering = [...new Set(starts.map((start) => floorTo(level, start)))];
    await tx.query(
      `INSERT INTO rollup_invalidations (family, level, bucket_start) SELECT $1, $2, unnest($3::timestamptz[])`,
      [family.name, level, covering.map((start) => new Date(start))],
    );
  }

  /** How many seconds the oldest closed minute has been waiting, by family that has one. */
  async waiting(tx: Transaction, now: Date): Promise<Map<string, number>> {
    const rows: { family: string; seconds: string }[] = await tx.query(
      `SELECT family, extract(epoch FROM $2::timestamptz - min(greatest(created_at, bucket_start + interval '1 minute'))) AS seconds
         FROM rollup_invalidations WHERE level = 'minute' AND bucket_start <= $1 GROUP BY family`,
      [new Date(now.getTime() - LEVEL_MS.minute), now],
    );
    return new Map(rows.map(({ family, seconds }) => [family, Math.max(0, Number(seconds))]));
  }

  /**
   * Remembers that something was received for these days, which is what lets retention know when they are quiet. The
   * time of rolling it up stands for that of receiving it: never earlier, and of the same clock that asks later.
   * Families are written at the same time, so all take the rows of the days in one order: else they wait for each other.
   */
  async noteReceipts(tx: Transaction, days: readonly string[], at: Date): Promise<void> {
    await tx.query(
      `INSERT INTO raw_days (day, last_received_at) SELECT day, $2 FROM unnest($1::date[]) AS day ORDER BY day
       ON CONFLICT (day) DO UPDATE SET last_received_at = greatest(raw_days.last_received_at, excluded.last_received_at)`,
      [days, at],
    );
  }
}
