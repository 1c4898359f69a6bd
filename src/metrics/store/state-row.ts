import { Decimal, ZERO } from '../domain/decimal.js';
import { DistinctSketch } from '../domain/distinct-sketch.js';
import { QuantileSketch } from '../domain/quantile-sketch.js';
import type { State } from '../domain/state.js';
import type { StateQuery } from './state-query.js';

/** A state, the bucket it belongs to (index into the query's buckets, 0 without) and its dimension values. */
export interface StateRow {
  readonly bucket: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly state: State;
}

/** What the driver gives of a state statement: count and numeric as strings, float8 as number, bytea as Buffer. */
export interface DriverRow {
  bucket: number | Date;
  count: string;
  /** float8 of raw events, numeric of rollups. */
  value_sum?: number | string | null;
  value_min?: number | null;
  value_max?: number | null;
  sketch?: Buffer | null;
  sketch_list?: number[] | null;
  distinct_sketch?: Buffer | null;
  hash_list?: Buffer | null;
  last_value?: string | null;
  last_at?: Date | null;
  [column: string]: unknown;
}

export function toStateRow(row: DriverRow, query: Pick<StateQuery, 'dimensions' | 'needs'>): StateRow {
  return {
    bucket: Number(row.bucket) - 1,
    dimensions: dimensionsOf(row, query.dimensions),
    state: toState(row, query.needs.sums),
  };
}

export function dimensionsOf(row: DriverRow, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, String(row[`d${index}`])]));
}

export function toState(row: DriverRow, measures: readonly string[]): State {
  const state: State = { count: Number(row.count), sums: {} };
  measures.forEach((measure, index) => {
    const sum = row[`m${index}`] as string | number | null;
    state.sums[measure] = Number(sum) === 0 ? ZERO : new Decimal(sum ?? 0);
  });
  if (row.value_sum != null) {
    state.value = { sum: Number(row.value_sum), min: row.value_min ?? 0, max: row.value_max ?? 0 };
  }
  if (row.sketch) state.sketch = QuantileSketch.fromBytes(row.sketch);
  if (row.sketch_list) state.sketch = QuantileSketch.fromBuckets(row.sketch_list);
  if (row.distinct_sketch) state.distinct = DistinctSketch.fromBytes(row.distinct_sketch);
  if (row.hash_list) state.distinct = DistinctSketch.fromHashes(row.hash_list);
  if (row.last_at && row.last_value != null) state.last = { at: row.last_at, value: Number(row.last_value) };
  return state;
}
