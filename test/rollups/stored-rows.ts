import type { DataSource } from 'typeorm';
import type { Catalogue } from '../../src/metrics/catalogue/catalogue.js';
import { Decimal } from '../../src/metrics/domain/decimal.js';
import { DistinctSketch } from '../../src/metrics/domain/distinct-sketch.js';
import { QuantileSketch } from '../../src/metrics/domain/quantile-sketch.js';
import type { Level } from '../../src/metrics/planner/level.js';
import { keyOf, nearestRank, type ReferenceRow } from './reference.js';

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** What is stored of one key: its live and its sealed row, if it has both. */
export type StoredRow = readonly DatabaseRow[];

interface DatabaseRow {
  family: string;
  bucket_start: Date;
  dimensions: string[];
  count: string;
  sum: string | null;
  avg: number | null;
  min: number | null;
  max: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  sketch: Buffer | null;
  sums: Record<string, string>;
  distinct_sketch: Buffer | null;
  last_value: string | null;
  last_at: Date | null;
}

export async function readStoredRows(
  dataSource: DataSource,
  catalogue: Catalogue,
  level: Level,
): Promise<Map<string, StoredRow>> {
  const rows: (Omit<DatabaseRow, 'sums'> & { sums: string[] })[] = await dataSource.query(
    `SELECT * FROM analytics_rollups WHERE granularity = $1`,
    [level],
  );
  const byKey = new Map<string, DatabaseRow[]>();
  for (const row of rows) {
    const measures = Object.keys(catalogue.family(row.family).sums ?? {});
    const sums = Object.fromEntries(measures.map((measure, place) => [measure, row.sums[place] ?? 'NaN']));
    const key = keyOf(row.family, row.bucket_start.toISOString(), row.dimensions);
    byKey.set(key, [...(byKey.get(key) ?? []), { ...row, sums }]);
  }
  return byKey;
}

/** Same keys, and for each the same figures: exact, but percentiles, which are within 1 %. */
export function expectSameRows(stored: Map<string, StoredRow>, reference: Map<string, ReferenceRow>): void {
  expect([...stored.keys()].sort()).toEqual([...reference.keys()].sort());
  const wrong = [...reference].flatMap(([key, expected]) =>
    mistakesOf(stored.get(key) ?? [], expected).map((mistake) => `${key}: ${mistake}`),
  );
  // One matcher for thousands of comparisons: calling one for each took a fifth of the time.
  expect(wrong).toEqual([]);
}

/** What is wrong with a row, in words. */
function mistakesOf(rows: StoredRow, expected: ReferenceRow): string[] {
  const people = new DistinctSketch();
  for (const { distinct_sketch } of rows) if (distinct_sketch) people.addBytes(distinct_sketch);
  return [
    ...differs('count', Number(total(rows, ({ count }) => count)), expected.count),
    ...differs('people', people.estimate(), expected.people.size),
    ...Object.keys(rows[0]?.sums ?? {}).flatMap((measure) => mistakesOfSum(rows, measure, expected)),
    ...mistakesOfLast(rows, expected),
    ...(expected.values.length > 0 ? mistakesOfValues(rows, expected.values) : []),
  ];
}

function mistakesOfSum(rows: StoredRow, measure: string, { sums }: ReferenceRow): string[] {
  const stored = total(rows, (row) => row.sums[measure] ?? 'NaN');
  const exact = sums[measure];
  if (exact === undefined) return [`the reference does not compute ${measure}`];
  // A share ends where the database's numeric division does; everything else is exact.
  const allowed = measure === 'discount' || measure === 'returned' ? 1e-9 : 0;
  return stored.minus(exact).abs().lessThanOrEqualTo(allowed) ? [] : differs(measure, Number(stored), Number(exact));
}

function mistakesOfLast(rows: StoredRow, { last }: ReferenceRow): string[] {
  if (last.values.length === 0) return [];
  const [latest] = [...rows].sort((left, right) => Number(right.last_at) - Number(left.last_at));
  const value = Number(latest?.last_value);
  return [
    ...differs('last at', latest?.last_at?.toISOString(), last.at),
    ...(last.values.includes(value) ? [] : [`last value ${value}, not one of ${last.values.join(', ')}`]),
  ];
}

function mistakesOfValues(rows: StoredRow, values: readonly number[]): string[] {
  const sum = values.reduce((all, value) => all + value, 0);
  const sketch = new QuantileSketch();
  for (const row of rows) if (row.sketch) sketch.addBytes(row.sketch);
  return [
    ...isOff('sum', Number(total(rows, (row) => row.sum ?? '0')), sum, 1e-12),
    ...differs('min', Math.min(...rows.map(({ min }) => min ?? Infinity)), Math.min(...values)),
    ...differs('max', Math.max(...rows.map(({ max }) => max ?? -Infinity)), Math.max(...values)),
    ...QUANTILES.flatMap((q) => isOff(`sketch ${q}`, sketch.quantile(q), nearestRank(values, q), 0.01)),
    ...(rows.length === 1 && rows[0] ? mistakesOfColumns(rows[0], values, sum) : []),
  ];
}

/** Columns that say of one row what its sketch says of all. */
function mistakesOfColumns(row: DatabaseRow, values: readonly number[], sum: number): string[] {
  const columns = [row.p50, row.p95, row.p99];
  return [
    ...isOff('avg', row.avg, sum / values.length, 1e-12),
    ...QUANTILES.flatMap((q, place) => isOff(`p${q * 100}`, columns[place] ?? null, nearestRank(values, q), 0.01)),
  ];
}

function differs(what: string, stored: unknown, expected: unknown): string[] {
  return Object.is(stored, expected) ? [] : [`${what} ${String(stored)}, not ${String(expected)}`];
}

function isOff(what: string, stored: number | null, exact: number, relative: number): string[] {
  // What is below 0 stands in the bucket of 0.
  if (exact < 0 && stored !== null && stored <= 0) return [];
  const error = Math.abs((stored ?? NaN) - exact);
  return error <= Math.abs(exact) * relative + 1e-9 ? [] : [`${what} ${stored}, not ${exact}`];
}

function total(rows: StoredRow, of: (row: DatabaseRow) => string): Decimal {
  return rows.reduce((all, row) => all.plus(of(row)), new Decimal(0));
}
