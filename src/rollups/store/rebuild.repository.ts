import { Injectable } from '@nestjs/common';
import { LEVEL_MS, LEVELS, ORIGIN_MS, type Family, type Level } from '../../metrics/index.js';
import type { Transaction } from './rollup-database.js';

/** Half-open. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Marks buckets again that were rolled up before. */
@Injectable()
export class RebuildRepository {
  /** Marks every minute of the period that has events. @returns how many marks that were */
  async markEvents(tx: Transaction, families: readonly Family[], { from, to }: Period): Promise<number> {
    const marked: unknown[] = await tx.query(
      `INSERT INTO rollup_invalidations (family, level, bucket_start, events)
       SELECT f.family, 'minute', date_trunc('minute', e.occurred_at), count(*)
         FROM unnest($1::text[], $2::text[]) AS f(family, event_type) JOIN analytics_events e USING (event_type)
        WHERE e.occurred_at >= $3 AND e.occurred_at < $4
        GROUP BY 1, 3 RETURNING 1`,
      [families.map(({ name }) => name), families.map(({ eventType }) => eventType), from, to],
    );
    return marked.length;
  }

  /** Marks every bucket that touches the period and has live rows, on its own level. @returns how many marks that were */
  async markRows(tx: Transaction, families: readonly Family[], { from, to }: Period): Promise<number> {
    const marked: unknown[] = await tx.query(
      `INSERT INTO rollup_invalidations (family, level, bucket_start)
       SELECT DISTINCT r.family, r.granularity, r.bucket_start
         FROM unnest($2::text[], $3::interval[]) AS l(level, width) JOIN analytics_rollups r ON r.granularity = l.level
        WHERE r.family = ANY($1) AND NOT r.sealed AND r.bucket_start > $4::timestamptz - l.width AND r.bucket_start < $5
       RETURNING 1`,
      [families.map(({ name }) => name), LEVELS, LEVELS.map((level) => `${LEVEL_MS[level]} milliseconds`), from, to],
    );
    return marked.length;
  }

  /** Whether anything in the period could be rolled up, or is. */
  async hasAny(tx: Transaction, { from, to }: Period): Promise<boolean> {
    const [row]: { found: boolean }[] = await tx.query(
      `SELECT EXISTS (SELECT 1 FROM analytics_events WHERE occurred_at >= $1 AND occurred_at < $2)
           OR EXISTS (SELECT 1 FROM analytics_rollups
                       WHERE granularity <> 'weekly' AND NOT sealed AND bucket_start >= $1 AND bucket_start < $2) AS found`,
      [from, to],
    );
    return row?.found === true;
  }

  /** Starts of the buckets of a level in the period that have events or live rows, and whether they are marked. */
  async buckets(tx: Transaction, family: Family, level: Level, { from, to }: Period): Promise<Map<number, boolean>> {
    const width = `${LEVEL_MS[level]} milliseconds`;
    const rows: { start: string; marked: boolean }[] = await tx.query(
      `SELECT extract(epoch FROM start) * 1000 AS start,
              EXISTS (SELECT 1 FROM rollup_invalidations m WHERE m.family = $1
                         AND m.bucket_start >= start AND m.bucket_start < start + $5::interval) AS marked
         FROM (SELECT date_bin($5::interval, occurred_at, $6) AS start FROM analytics_events
                WHERE event_type = $7 AND occurred_at >= $3 AND occurred_at < $4
               UNION
               SELECT bucket_start FROM analytics_rollups
                WHERE family = $1 AND granularity = $2 AND NOT sealed AND bucket_start >= $3 AND bucket_start < $4) AS found
        ORDER BY 1`,
      [family.name, level, from, to, width, new Date(ORIGIN_MS), family.eventType],
    );
    return new Map(rows.map(({ start, marked }) => [Number(start), marked]));
  }
}
