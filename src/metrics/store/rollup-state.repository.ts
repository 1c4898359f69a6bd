import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { keepsTotals, type Family } from '../catalogue/family.js';
import { finer, LEVEL_MS, type Level } from '../planner/level.js';
import type { Span } from '../planner/segments.js';
import { learnProductLabels } from './product-label.repository.js';
import { rollupStateStatement } from './rollup-query.js';
import { mergeRows, ROLLUP_COLUMNS, totalRows, rollupCopyLine, type RollupRow } from './rollup-row.js';
import { rawStateStatement, type StateNeeds, type Statement } from './state-query.js';
import { toState, type DriverRow } from './state-row.js';

/** Which buckets of a family and level. */
export interface Buckets {
  readonly family: Family;
  readonly level: Level;
  /** Epoch milliseconds, ascending. */
  readonly starts: readonly number[];
}

/** Computes and rewrites rollup rows. Every method works inside the caller's transaction. */
@Injectable()
export class RollupStateRepository {
  /** The buckets' rows, folded from raw events inside the database. */
  fromRaw(tx: EntityManager, buckets: Buckets): Promise<RollupRow[]> {
    const { family, level } = buckets;
    const query = { ...everythingOf(family), spans: spansOf(buckets), bucketing: { level } };
    // A minute has few facts a group; of an hour or a day the list would have to fit into memory.
    return rowsOf(tx, family, rawStateStatement(query, level === 'minute' ? 'listed' : 'counted'));
  }

  /** Keeps what the buckets' raw events tell of products: it outlives them. */
  async learnProductLabels(tx: EntityManager, buckets: Buckets): Promise<void> {
    if (buckets.family.productLabels) await learnProductLabels(tx, buckets.family, spansOf(buckets));
  }

  /**
   * The buckets' live rows, added up from the level below. A week has no sealed rows of its own: it is added up from
   * all of its days, sealed or live.
   */
  fromBelow(tx: EntityManager, buckets: Buckets): Promise<RollupRow[]> {
    const { family, level } = buckets;
    const below = finer(level);
    if (!below) throw new Error('There is no level below minutes.');
    const query = { ...everythingOf(family), bucketing: { level } };
    const spans = new Map([[below, spansOf(buckets)]]);
    return rowsOf(tx, family, rollupStateStatement(query, spans, level === 'weekly' ? 'all' : 'live'));
  }

  /** Replaces the live rows of the buckets, whole, with `rows` and their totals. */
  async replace(tx: EntityManager, { family, level, starts }: Buckets, rows: readonly RollupRow[]): Promise<void> {
    await tx.query(
      `DELETE FROM analytics_rollups
        WHERE family = $1 AND granularity = $2 AND bucket_start = ANY($3::timestamptz[]) AND NOT sealed`,
      [family.name, level, starts.map((start) => new Date(start))],
    );
    await insert(tx, withTotals(family, rows), (row) => rollupCopyLine(row, family, level, false));
  }

  /** Adds the live rows of the buckets into the sealed rows of the same keys; after it there are no live ones. */
  async seal(tx: EntityManager, { family, level, starts }: Buckets): Promise<number> {
    const query = { ...everythingOf(family), bucketing: { level } };
    const spans = new Map([[level, spansOf({ level, starts })]]);
    const rows = mergeRows(await rowsOf(tx, family, rollupStateStatement(query, spans)));
    await tx.query(
      `DELETE FROM analytics_rollups
        WHERE family = $1 AND granularity = $2 AND bucket_start = ANY($3::timestamptz[])`,
      [family.name, level, starts.map((start) => new Date(start))],
    );
    await insert(tx, withTotals(family, rows), (row) => rollupCopyLine(row, family, level, true));
    return rows.length;
  }
}

/** Neighbouring buckets as one span each. */
export function spansOf({ level, starts }: Pick<Buckets, 'level' | 'starts'>): Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const start of starts) {
    const before = spans.at(-1);
    if (before?.to === start) before.to = start + LEVEL_MS[level];
    else spans.push({ from: start, to: start + LEVEL_MS[level] });
  }
  return spans;
}

function everythingOf(family: Family) {
  const needs: StateNeeds = {
    sums: Object.keys(family.sums ?? {}),
    value: family.value !== undefined,
    sketch: family.value?.sketch === true,
    distinct: family.distinct !== undefined,
    last: family.last !== undefined,
  };
  return { family, dimensions: family.dimensions.map(({ name }) => name), filters: {}, needs };
}

async function rowsOf(tx: EntityManager, family: Family, { sql, parameters }: Statement): Promise<RollupRow[]> {
  const measures = Object.keys(family.sums ?? {});
  const rows: DriverRow[] = await tx.query(sql, parameters);
  return rows.map((row) => ({
    bucketStart: new Date(row.bucket),
    dimensions: family.dimensions.map((_, index) => String(row[`d${index}`])),
    state: toState(row, measures),
  }));
}

function withTotals(family: Family, rows: readonly RollupRow[]): readonly RollupRow[] {
  return keepsTotals(family) ? [...rows, ...totalRows(rows)] : rows;
}

async function insert(tx: EntityManager, rows: readonly RollupRow[], line: (row: RollupRow) => string): Promise<void> {
  if (rows.length === 0) return;
  const client = (await tx.queryRunner?.connect()) as PoolClient;
  const copy = client.query(copyFrom(`COPY analytics_rollups (${ROLLUP_COLUMNS.join(', ')}) FROM STDIN`));
  await pipeline(Readable.from(chunksOf(rows, line)), copy);
}

const ROWS_A_CHUNK = 500;

function* chunksOf(rows: readonly RollupRow[], line: (row: RollupRow) => string): Generator<Buffer> {
  for (let at = 0; at < rows.length; at += ROWS_A_CHUNK) {
    const lines = rows.slice(at, at + ROWS_A_CHUNK).map((row) => `${line(row)}\n`);
    yield Buffer.from(lines.join(''));
  }
}
