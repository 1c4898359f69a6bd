import type { Family } from '../catalogue/family.js';
import { OTHER_VALUE } from '../catalogue/family.js';
import { addState, emptyState, type State } from '../domain/state.js';

/** One row of a rollup: a bucket, the values of all the family's dimensions in their order, and the state. */
export interface RollupRow {
  readonly bucketStart: Date;
  readonly dimensions: readonly string[];
  readonly state: State;
}

/** Per place of a dimension the values that are not kept. */
export type FoldedValues = readonly (ReadonlySet<string> | undefined)[];

/** Folds values that are not kept into `__other__`, and adds up the rows that become one by it. */
export function foldRows(rows: readonly RollupRow[], folded: FoldedValues): RollupRow[] {
  const kept = new Map<string, RollupRow>();
  for (const row of rows) {
    const dimensions = row.dimensions.map((value, place) => (folded[place]?.has(value) ? OTHER_VALUE : value));
    const key = JSON.stringify([row.bucketStart.getTime(), ...dimensions]);
    const known = kept.get(key);
    if (known) addState(known.state, row.state);
    else kept.set(key, { bucketStart: row.bucketStart, dimensions, state: row.state });
  }
  return [...kept.values()];
}

/** Adds up rows of the same bucket and dimensions. */
export function mergeRows(rows: readonly RollupRow[]): RollupRow[] {
  return foldRows(
    rows.map((row) => ({ ...row, state: copyOf(row.state) })),
    [],
  );
}

/** For every bucket one row of no dimensions that adds up all of its rows. */
export function totalRows(rows: readonly RollupRow[]): RollupRow[] {
  const totals = new Map<number, RollupRow>();
  for (const { bucketStart, state } of rows) {
    const known = totals.get(bucketStart.getTime()) ?? { bucketStart, dimensions: [], state: emptyState() };
    addState(known.state, state);
    totals.set(bucketStart.getTime(), known);
  }
  return [...totals.values()];
}

export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Columns in the order of `rollupCopyLine`. */
export const ROLLUP_COLUMNS = [
  'granularity',
  'bucket_start',
  'family',
  'dimensions',
  'sealed',
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'p50',
  'p95',
  'p99',
  'sketch',
  'sums',
  'distinct_sketch',
  'last_value',
  'last_at',
] as const;

/** The row in COPY's text format, without the line's end. */
export function rollupCopyLine(row: RollupRow, family: Family, granularity: string, sealed: boolean): string {
  const { state } = row;
  const { value, sketch } = state;
  const sums = Object.keys(family.sums ?? {}).map((measure) => (state.sums[measure] ?? 0).toString());
  const quantiles = [0.5, 0.95, 0.99].map((q) => clampedQuantile(state, q));
  return [
    granularity,
    row.bucketStart.toISOString(),
    family.name,
    arrayField(row.dimensions),
    sealed ? 't' : 'f',
    state.count,
    field(value?.sum),
    field(value && value.sum / (sketch?.count ?? state.count)),
    field(value?.min),
    field(value?.max),
    ...quantiles.map(field),
    bytesField(sketch?.toBytes()),
    `{${sums.join(',')}}`,
    bytesField(state.distinct?.toBytes()),
    field(state.last?.value),
    state.last ? state.last.at.toISOString() : '\\N',
  ].join('\t');
}

function clampedQuantile({ sketch, value }: State, q: number): number | undefined {
  const quantile = sketch?.quantile(q);
  if (quantile === null || quantile === undefined || !value) return undefined;
  return Math.min(value.max, Math.max(value.min, quantile));
}

function field(value: number | undefined): string {
  return value === undefined ? '\\N' : String(value);
}

function bytesField(bytes: Buffer | undefined): string {
  return bytes ? `\\\\x${bytes.toString('hex')}` : '\\N';
}

/** An array literal quotes its values, and COPY escapes what stands in a field: backslashes double twice. */
function arrayField(values: readonly string[]): string {
  return arrayLiteral(values).replace(/[\\\n\r\t]/g, (character) => COPY_ESCAPES[character] ?? character);
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copyOf(state: State): State {
  const copy = emptyState();
  addState(copy, state);
  return copy;
}
