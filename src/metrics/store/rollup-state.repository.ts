import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { keepsTotals, type Family } from '../catalogue/family.js';
import { finer, LEVEL_MS, type Level } from '../planner/level.js';
import type { Span } from '../planner/segments.js';
import { learnFirstSeen } from './first-seen.repository.js';
import { learnProductLabels } from './product-label.repository.js';
import { rollupStateStatement, takeRowsStatement } from './rollup-query.js';
import { mergeRows, ROLLUP_COLUMNS, totalRows, rollupCopyLine, type RollupRow } from './rollup-row.js';
import { rawStateStatement, type Bind, type EventKeys, type StateNeeds, type Statement } from './state-query.js';
import { toState, type DriverRow } from './state-row.js';

/** Which buckets of a family and level. */
export interface Buckets {
  readonly family: Family;
  readonly level: Level;
  /** Epoch milliseconds, ascending. */
  readonly starts: readonly number[];
}

/** Rows, and the marks of which they hold every event. */
export interface RowsOfMarks {
  readonly rows: RollupRow[];
  readonly markIds: readonly string[];
}

/** Computes and rewrites rollup rows. Every method works inside the caller's transaction. */
@Injectable()
export class RollupStateRepository {
  /**
   * The buckets' rows, folded from raw events inside the database, and the marks of the levels inside the buckets that
   * were there in the same moment: events of a mark that comes a moment later are not in the rows.
   */
  async fromRaw(tx: EntityManager, buckets: Buckets, markedOn: readonly Level[]): Promise<RowsOfMarks> {
    const { family, level } = buckets;
    const query = { ...everythingOf(family), spans: spansOf(buckets), bucketing: { level } };
    // A minute has few facts a group; of an hour or a day the list would have to fit into memory.
    const events = rawStateStatement(query, level === 'minute' ? 'listed' : 'counted');
    const { sql, parameters } = withMarks(events, buckets, markedOn);
    const driverRows: (DriverRow & { mark_ids: string[] | null })[] = await tx.query(sql, parameters);
    const rows = toRows(
      driverRows.filter(({ bucket }) => bucket !== null),
      family,
    );
    return { rows, markIds: driverRows[0]?.mark_ids ?? [] };
  }

  /** The rows of single events. */
  fromEvents(tx: EntityManager, { family, level }: Buckets, events: EventKeys): Promise<RollupRow[]> {
    const query = { ...everythingOf(family), spans: events, bucketing: { level } };
    return rowsOf(tx, family, rawStateStatement(query, 'listed'));
  }

  /** Keeps what outlives the raw events of the buckets, or single ones: labels of products, first times. */
  async learn(tx: EntityManager, buckets: Buckets, events?: EventKeys): Promise<void> {
    const { family } = buckets;
    if (family.productLabels) await learnProductLabels(tx, family, events ?? spansOf(buckets));
    if (family.firstSeen) await learnFirstSeen(tx, family, events ?? spansOf(buckets));
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

  /** Adds `rows` and their totals to the live rows. The family must have no last value. */
  async add(tx: EntityManager, { family, level }: Buckets, rows: readonly RollupRow[]): Promise<void> {
    const added = withTotals(family, rows);
    const { sql, parameters } = takeRowsStatement(family, level, added);
    const [driverRows]: [DriverRow[], number] = await tx.query(sql, parameters);
    const measures = Object.keys(family.sums ?? {});
    const known = driverRows.map((row) => ({
      bucketStart: new Date(row.bucket),
      dimensions: row['dimensions'] as string[],
      state: toState(row, measures),
    }));
    await insert(tx, mergeRows([...known, ...added]), (row) => rollupCopyLine(row, family, level, false));
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
  return toRows(await tx.query(sql, parameters), family);
}

function toRows(rows: readonly DriverRow[], family: Family): RollupRow[] {
  const measures = Object.keys(family.sums ?? {});
  return rows.map((row) => ({
    bucketStart: new Date(row.bucket),
    dimensions: family.dimensions.map((_, index) => String(row[`d${index}`])),
    state: toState(row, measures),
  }));
}

/**
 * In one statement, and so of one snapshot. The ids come with the first row, of which there is always one. Read by a
 * sub-select and not deleted by a WITH: what writes is never run in parallel.
 */
function withMarks({ sql, parameters }: Statement, { family, level, starts }: Buckets, levels: readonly Level[]) {
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const marks = `SELECT array_agg(m.id) FROM rollup_invalidations m
    JOIN unnest(${bind(starts.map((start) => new Date(start)))}::timestamptz[]) AS bucket(starts)
      ON m.bucket_start >= bucket.starts AND m.bucket_start < bucket.starts + ${bind(`${LEVEL_MS[level]} milliseconds`)}::interval
    WHERE m.family = ${bind(family.name)} AND m.level = ANY(${bind(levels)})`;
  return {
    sql: `SELECT states.*, CASE WHEN row_number() OVER () = 1 THEN (${marks}) END AS mark_ids
      FROM (VALUES (1)) AS once LEFT JOIN (${sql}) AS states ON true`,
    parameters,
  };
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
