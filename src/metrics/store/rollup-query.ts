import { keepsTotals, type Family } from '../catalogue/family.js';
import type { Level } from '../planner/level.js';
import type { Span } from '../planner/segments.js';
import { arrayLiteral, type RollupRow } from './rollup-row.js';
import { bucketSql, keyColumns, type Bind, type StateQuery, type Statement } from './state-query.js';

/** Where the spans of a read come from, by level. */
export type LevelSpans = ReadonlyMap<Level, readonly Span[]>;

/**
 * The SQL that folds rollup rows, live and sealed, of several levels into states. Sketches merge by appending their
 * bytes: adding up their entries is left to the process, where it is far cheaper than `unnest … GROUP BY`.
 */
export function rollupStateStatement(
  query: Omit<StateQuery, 'spans'>,
  levels: LevelSpans,
  rowsOf: 'all' | 'live' | 'sealed' = 'all',
): Statement {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const keys = keyColumns(query);
  const columns = [
    `${bucketSql(query.bucketing, 'r.bucket_start', bind)} AS bucket`,
    ...query.dimensions.map((name, index) => `${rollupDimensionSql(query.family, name)} AS d${index}`),
    'sum(r.count)::bigint AS count',
    ...query.needs.sums.map((measure, index) => `sum(${rollupSumSql(query.family, measure)}) AS m${index}`),
    ...stateColumns(query),
  ];
  const parts = [...levels].map(([level, spans]) => {
    const bounds = spans.map(
      (span) => `(r.bucket_start >= ${bind(new Date(span.from))} AND r.bucket_start < ${bind(new Date(span.to))})`,
    );
    return `(r.granularity = '${level}' AND (${bounds.join(' OR ')}))`;
  });
  const where = [
    `r.family = ${bind(query.family.name)}`,
    `(${parts.join(' OR ')})`,
    ...(keepsTotals(query.family) ? [`r.dimensions ${asksForTotals(query) ? '=' : '<>'} '{}'`] : []),
    ...(rowsOf === 'all' ? [] : [rowsOf === 'live' ? 'NOT r.sealed' : 'r.sealed']),
    ...Object.entries(query.filters).map(
      ([name, values]) => `${rollupDimensionSql(query.family, name)} = ANY(${bind(values)}::text[])`,
    ),
  ];
  return {
    sql: `SELECT ${columns.join(', ')} FROM analytics_rollups r WHERE ${where.join(' AND ')} GROUP BY ${keys.join(', ')}`,
    parameters,
  };
}

/**
 * Deletes the live rows of these keys and returns what they held. Of families without a last value: those do not add up
 * in the order in which they come.
 */
export function takeRowsStatement(family: Family, level: Level, keys: readonly RollupRow[]): Statement {
  const sums = Object.keys(family.sums ?? {}).map(
    (measure, index) => `, ${rollupSumSql(family, measure)} AS m${index}`,
  );
  return {
    sql: `DELETE FROM analytics_rollups r USING unnest($3::timestamptz[], $4::text[]) AS taken(bucket_start, dimensions)
      WHERE r.family = $1 AND r.granularity = $2 AND NOT r.sealed
        AND r.bucket_start = taken.bucket_start AND r.dimensions = taken.dimensions::text[]
      RETURNING r.bucket_start AS bucket, r.dimensions, r.count, r.sum AS value_sum, r.min AS value_min, r.max AS value_max,
        r.sketch, r.distinct_sketch${sums.join('')}`,
    parameters: [
      family.name,
      level,
      keys.map(({ bucketStart }) => bucketStart),
      keys.map(({ dimensions }) => arrayLiteral(dimensions)),
    ],
  };
}

/** Last values do not add up: they are never asked of all at once. */
export function asksForTotals({
  dimensions,
  filters,
  needs,
}: Pick<StateQuery, 'dimensions' | 'filters' | 'needs'>): boolean {
  return dimensions.length === 0 && Object.keys(filters).length === 0 && !needs.last;
}

function stateColumns({ needs }: Pick<StateQuery, 'needs'>): string[] {
  const columns: string[] = [];
  if (needs.value || needs.sketch)
    columns.push('sum(r.sum) AS value_sum, min(r.min) AS value_min, max(r.max) AS value_max');
  if (needs.sketch) columns.push("string_agg(r.sketch, ''::bytea) AS sketch");
  if (needs.distinct) columns.push("string_agg(r.distinct_sketch, ''::bytea) AS distinct_sketch");
  if (needs.last)
    columns.push(
      '(array_agg(r.last_value ORDER BY r.last_at DESC NULLS LAST))[1] AS last_value, max(r.last_at) AS last_at',
    );
  return columns;
}

/** Dimensions stand in the order in which the family declares them. One that was added later is absent from older rows. */
export function rollupDimensionSql(family: Family, name: string): string {
  const place = family.dimensions.findIndex((candidate) => candidate.name === name);
  if (place < 0) throw new Error(`The family "${family.name}" has no dimension "${name}".`);
  return `coalesce(r.dimensions[${place + 1}], '')`;
}

/** So do sums. A sum that was added to the family later is absent from older rows: see `Family.sumsBefore`. */
export function rollupSumSql(family: Family, measure: string): string {
  const place = Object.keys(family.sums ?? {}).indexOf(measure);
  if (place < 0) throw new Error(`The family "${family.name}" has no sum "${measure}".`);
  return `coalesce(r.sums[${place + 1}], ${family.sumsBefore?.[measure] ?? 0})`;
}
