import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Decimal } from 'decimal.js';
import { DataSource } from 'typeorm';
import { DistinctSketch } from '../domain/distinct-sketch.js';
import { QuantileSketch } from '../domain/quantile-sketch.js';
import type { State } from '../domain/state.js';
import { rawStateStatement, type StateQuery } from './state-query.js';

/** A state, the bucket it belongs to (index into the query's buckets, 0 without buckets) and its dimension values. */
export interface StateRow {
  readonly bucket: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly state: State;
}

/** What the driver gives: count and numeric as strings, float8 as number, bytea as Buffer. */
interface RawRow {
  bucket: number;
  count: string;
  value_sum?: number | null;
  value_min?: number | null;
  value_max?: number | null;
  sketch?: Buffer | null;
  distinct_sketch?: Buffer | null;
  last_value?: string | null;
  last_at?: Date | null;
  [column: string]: unknown;
}

@Injectable()
export class MetricStateRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** States of raw events. */
  async readRaw(query: StateQuery): Promise<StateRow[]> {
    const { sql, parameters } = rawStateStatement(query);
    const rows: RawRow[] = await this.dataSource.query(sql, parameters);
    return rows.map((row) => ({
      bucket: row.bucket - 1,
      dimensions: Object.fromEntries(query.dimensions.map((name, index) => [name, String(row[`d${index}`])])),
      state: toState(row, query.needs.sums),
    }));
  }
}

function toState(row: RawRow, measures: readonly string[]): State {
  const state: State = { count: Number(row.count), sums: {} };
  measures.forEach((measure, index) => {
    state.sums[measure] = new Decimal(String(row[`m${index}`] ?? 0));
  });
  if (typeof row.value_sum === 'number') {
    state.value = { sum: row.value_sum, min: row.value_min ?? 0, max: row.value_max ?? 0 };
  }
  if (row.sketch) state.sketch = QuantileSketch.fromBytes(row.sketch);
  if (row.distinct_sketch) state.distinct = DistinctSketch.fromBytes(row.distinct_sketch);
  if (row.last_at && row.last_value != null) state.last = { at: row.last_at, value: Number(row.last_value) };
  return state;
}
