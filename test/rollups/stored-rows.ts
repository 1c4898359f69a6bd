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
  for (const [key, expected] of reference) expectRow(stored.get(key) ?? [], expected);
}

function expectRow(rows: StoredRow, expected: ReferenceRow): void {
  expect(total(rows, ({ count }) => count)).toEqual(new Decimal(expected.count));
  for (const [measure, exact] of Object.entries(expected.sums)) {
    if (!(measure in (rows[0]?.sums ?? {}))) continue;
    // A share of a discount ends where the database's numeric division does; everything else is exact.
    const error = total(rows, ({ sums }) => sums[measure] ?? 'NaN')
      .minus(exact)
      .abs();
    expect(error.toNumber()).toBeLessThan(measure === 'discount' ? 1e-9 : 1e-30);
  }
  const people = new DistinctSketch();
  for (const { distinct_sketch } of rows) if (distinct_sketch) people.addBytes(distinct_sketch);
  expect(people.estimate()).toBe(expected.people.size);
  expectLast(rows, expected);
  if (expected.values.length > 0) expectValues(rows, expected.values);
}

function expectLast(rows: StoredRow, { last }: ReferenceRow): void {
  if (last.values.length === 0) return;
  const [latest] = [...rows].sort((left, right) => Number(right.last_at) - Number(left.last_at));
  expect(latest?.last_at?.toISOString()).toBe(last.at);
  expect(last.values).toContain(Number(latest?.last_value));
}

function expectValues(rows: StoredRow, values: readonly number[]): void {
  const sum = values.reduce((all, value) => all + value, 0);
  expect(total(rows, (row) => row.sum ?? 'NaN').toNumber()).toBe(sum);
  expect(Math.min(...rows.map(({ min }) => min ?? NaN))).toBe(Math.min(...values));
  expect(Math.max(...rows.map(({ max }) => max ?? NaN))).toBe(Math.max(...values));
  const sketch = new QuantileSketch();
  for (const row of rows) if (row.sketch) sketch.addBytes(row.sketch);
  for (const q of QUANTILES) expectNear(sketch.quantile(q), nearestRank(values, q));
  const [only, ...others] = rows;
  if (!only || others.length > 0) return;
  expect(only.avg).toBeCloseTo(sum / values.length, 9);
  QUANTILES.forEach((q, place) => expectNear([only.p50, only.p95, only.p99][place] ?? null, nearestRank(values, q)));
}

function expectNear(answer: number | null, exact: number): void {
  expect(Math.abs((answer ?? NaN) - exact)).toBeLessThanOrEqual(exact * 0.01);
}

function total(rows: StoredRow, of: (row: DatabaseRow) => string): Decimal {
  return rows.reduce((all, row) => all.plus(of(row)), new Decimal(0));
}
