import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { ceilTo, floorTo, LEVELS, type Level } from '../planner/level.js';
import type { KeptFrom } from '../planner/retention-policy.js';
import { sealedSegments, segmentsOf, spansWithout, type Mark, type Segment, type Span } from '../planner/segments.js';
import { readProductLabels, type ProductLabel } from './product-label.repository.js';
import { rollupStateStatement } from './rollup-query.js';
import {
  bucketSql,
  rawCountStatement,
  rawStateStatement,
  type Bucketing,
  type StateQuery,
  type Statement,
} from './state-query.js';
import { toStateRow, type DriverRow, type StateRow } from './state-row.js';

/** A read that leaves it to the planner where each part of the range comes from. */
export interface StateRead extends Omit<StateQuery, 'spans' | 'bucketing'> {
  readonly range: Span;
  /** Starts of the buckets, oldest first, the first at or before the range; absent: all in one. */
  readonly bucketStarts?: readonly Date[];
  /** Earliest bucket start that a level still has. */
  readonly keptFrom: KeptFrom;
  /** Only days before this may have sealed rows. */
  readonly sealedBefore: number;
}

export interface StateAnswer {
  readonly rows: readonly StateRow[];
  readonly usedRaw: boolean;
  readonly usedRollups: boolean;
  /** True when pending events were left out because reading them from raw would take too long. */
  readonly stale: boolean;
}

interface PendingMark extends Mark {
  readonly events: number;
}

/** Above this many raw events an answer comes from rollups alone, and says that it is stale. */
const MAX_RAW_EVENTS = 100_000;
/** Pending buckets above this number are not planned around one by one. */
const MAX_MARKS = 20_000;
/** Up to here the raw part is the tail of the last minutes, and counting it first would cost as much as reading it. */
const UNCOUNTED_RAW_MS = 150_000;
const UNCOUNTED_PENDING_EVENTS = 20_000;

/** Rollups, marks and raw events as they stand in one transaction, so that nothing is seen twice or not at all. */
export class StateSnapshot {
  constructor(private readonly tx: EntityManager) {}

  productLabels(products: readonly string[]): Promise<ReadonlyMap<string, ProductLabel>> {
    return readProductLabels(this.tx, products);
  }

  async read(read: StateRead): Promise<StateAnswer> {
    if (read.family.eventType === null) return readSamples(this.tx, read);
    const marks = await pendingMarks(this.tx, read);
    const exact = segmentsFor(read, marks);
    const settled = segmentsFor(
      read,
      marks.filter(({ level }) => level !== 'minute'),
    );
    const late = spansWithout(rawOf(exact), rawOf(settled));
    const stale = await isTooMuchRaw(this.tx, read.family, late, marks);
    const segments = stale ? settled : exact;
    const raw = await readRaw(this.tx, read, rawOf(segments));
    const rollups = await readRollups(this.tx, read, segments);
    const sealedParts = sealedSegments(rawOf(segments), { ...read, cuts: cutsOf(read) });
    const sealed = await readRollups(this.tx, read, sealedParts, 'sealed');
    return {
      rows: [...raw, ...rollups, ...sealed].map((row) => toStateRow(row, read)),
      usedRaw: segments.some(({ source }) => source === 'raw'),
      usedRollups: segments.some(({ source }) => source !== 'raw') || sealed.length > 0,
      stale,
    };
  }
}

/**
 * Samples stand in minutes, written the moment they are taken: a range is read by whole minutes, and what a coarser level
 * does not hold yet from them as well.
 */
async function readSamples(tx: EntityManager, asked: StateRead): Promise<StateAnswer> {
  const { range, bucketStarts } = asked;
  const read = {
    ...asked,
    range: { from: floorTo('minute', range.from), to: ceilTo('minute', range.to) },
    bucketStarts: bucketStarts?.map((start) => new Date(floorTo('minute', start.getTime()))),
  };
  const planned = segmentsFor(read, await pendingMarks(tx, read));
  const segments = planned.map(({ source, ...span }) => ({ ...span, source: source === 'raw' ? 'minute' : source }));
  const rows = await readRollups(tx, read, segments);
  return { rows: rows.map((row) => toStateRow(row, read)), usedRaw: false, usedRollups: true, stale: false };
}

/**
 * Marks of the range. Where minutes (hours) are not kept any more, a marked minute makes the whole hour (day) be read
 * from raw, so one mark stands for all of them: a backfill of a month is some hundred marks, not forty thousand.
 */
async function pendingMarks(tx: EntityManager, { family, range, keptFrom }: StateRead): Promise<PendingMark[]> {
  const bins = `CASE WHEN level <> 'minute' OR bucket_start >= $4 THEN bucket_start
    WHEN bucket_start >= $5 THEN ${bucketSql({ level: 'hourly' }, 'bucket_start')}
    ELSE ${bucketSql({ level: 'daily' }, 'bucket_start')} END`;
  // A mark of a week that began before the range still makes that week's row unreadable.
  const rows: { level: Level; start: string; events: string }[] = await tx.query(
    `SELECT level, extract(epoch FROM ${bins}) * 1000 AS start, sum(events) AS events FROM rollup_invalidations
      WHERE family = $1 AND bucket_start >= $2::timestamptz - interval '7 days' AND bucket_start < $3
      GROUP BY 1, 2 LIMIT ${MAX_MARKS + 1}`,
    [family.name, ...[range.from, range.to, keptFrom.minute, keptFrom.hourly].map((ms) => new Date(ms))],
  );
  return rows.map(({ level, start, events }) => ({ level, start: Number(start), events: Number(events) }));
}

function segmentsFor(read: StateRead, marks: readonly Mark[]): Segment[] {
  return segmentsOf({ cuts: cutsOf(read), keptFrom: read.keptFrom, marks });
}

function cutsOf({ range, bucketStarts = [] }: StateRead): number[] {
  const borders = bucketStarts.map((start) => start.getTime());
  return [range.from, ...borders.filter((border) => border > range.from && border < range.to), range.to];
}

function rawOf(segments: readonly Segment[]): Segment[] {
  return segments.filter(({ source }) => source === 'raw');
}

/** Whether the spans that are read from raw only because something is pending hold too many events for that. */
async function isTooMuchRaw(
  tx: EntityManager,
  family: Family,
  late: readonly Span[],
  marks: readonly PendingMark[],
): Promise<boolean> {
  if (marks.length > MAX_MARKS) return true;
  if (late.length === 0) return false;
  const lateMs = late.reduce((total, span) => total + span.to - span.from, 0);
  const pendingEvents = marks.reduce((total, mark) => total + mark.events, 0);
  if (lateMs <= UNCOUNTED_RAW_MS && pendingEvents <= UNCOUNTED_PENDING_EVENTS) return false;
  const [counted] = await run<{ count: number }>(tx, rawCountStatement(family, late, MAX_RAW_EVENTS + 1));
  return (counted?.count ?? 0) > MAX_RAW_EVENTS;
}

async function readRaw(tx: EntityManager, read: StateRead, spans: readonly Span[]): Promise<DriverRow[]> {
  return spans.length > 0 ? run(tx, rawStateStatement({ ...read, bucketing: bucketingOf(read), spans })) : [];
}

async function readRollups(
  tx: EntityManager,
  read: StateRead,
  segments: readonly Segment[],
  rows: 'all' | 'sealed' = 'all',
): Promise<DriverRow[]> {
  const levels = new Map<Level, Span[]>();
  for (const level of LEVELS) {
    const spans = segments.filter(({ source }) => source === level);
    if (spans.length > 0) levels.set(level, spans);
  }
  if (levels.size === 0) return [];
  return run(tx, rollupStateStatement({ ...read, bucketing: bucketingOf(read) }, levels, rows));
}

function bucketingOf({ bucketStarts }: StateRead): Bucketing {
  return bucketStarts ? { starts: bucketStarts } : 'whole';
}

function run<Row>(tx: EntityManager, { sql, parameters }: Statement): Promise<Row[]> {
  return tx.query(sql, parameters);
}
