import { Injectable } from '@nestjs/common';
import { LEVEL_MS, LEVELS, type Family } from '../../metrics/index.js';
import type { Transaction } from './rollup-database.js';

/** Half-open. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Sums of floating point depend in their last digits on the order in which they are added up, and say nothing there. */
const SIGNIFICANT_DIGITS = 9;
const rounded = (column: string): string =>
  `round(r.${column}::numeric, ${SIGNIFICANT_DIGITS} - ceil(log(nullif(abs(r.${column}::numeric), 0)))::int)`;
const COMPARED = `(r.dimensions, r.count, ${rounded('sum')}, ${rounded('avg')}, r.min, r.max, r.p50, r.p95, r.p99, r.sketch, r.sums,
  r.distinct_sketch, r.last_value, r.last_at)`;

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

  /** For every live bucket that touches the period a digest of its rows: equal digests, equal rows. */
  async fingerprints(tx: Transaction, families: readonly Family[], { from, to }: Period): Promise<Map<string, string>> {
    const rows: { bucket: string; digest: string }[] = await tx.query(
      `SELECT r.family || ' ' || r.granularity || ' ' || extract(epoch FROM r.bucket_start) AS bucket,
              md5(string_agg(md5(${COMPARED}::text), '' ORDER BY r.dimensions)) AS digest
         FROM unnest($1::text[], $2::interval[]) AS l(level, width) JOIN analytics_rollups r ON r.granularity = l.level
        WHERE r.family = ANY($5) AND NOT r.sealed AND r.bucket_start > $3::timestamptz - l.width AND r.bucket_start < $4
        GROUP BY r.family, r.granularity, r.bucket_start`,
      [LEVELS, LEVELS.map((level) => `${LEVEL_MS[level]} milliseconds`), from, to, families.map(({ name }) => name)],
    );
    return new Map(rows.map(({ bucket, digest }) => [bucket, digest]));
  }
}
