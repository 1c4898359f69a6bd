import { dimensionOf, type Family } from '../catalogue/family.js';
import { EXACT_FORM, EXACT_LIMIT, REGISTER_FORM } from '../domain/distinct-sketch.js';
import { LOG_GAMMA, MAX_BUCKET, MIN_BUCKET, ZERO_BUCKET } from '../domain/quantile-sketch.js';

/** What a read needs of a family's states; what is not needed is not computed. */
export interface StateNeeds {
  readonly sums: readonly string[];
  readonly value: boolean;
  readonly sketch: boolean;
  readonly distinct: boolean;
  readonly last: boolean;
}

/** Which states are asked of a family. */
export interface StateQuery {
  readonly family: Family;
  readonly from: Date;
  readonly to: Date;
  /** Starts of the buckets, oldest first, the first at or before `from`; absent: all in one. */
  readonly bucketStarts?: readonly Date[];
  readonly dimensions: readonly string[];
  /** Dimension → values that count; '' stands for none. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly needs: StateNeeds;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** The SQL that folds raw events into states, one row per bucket and combination of dimension values. */
export function rawStateStatement(query: StateQuery): Statement {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const keys = ['bucket', ...query.dimensions.map((_, index) => `d${index}`)].join(', ');
  const parts = [`facts AS (${factsSql(query, bind)})`, `plain AS (${plainSql(query, keys)})`];
  if (query.needs.distinct) parts.push(...distinctSql(keys));
  const joined = query.needs.distinct ? `plain LEFT JOIN distincts USING (${keys})` : 'plain';
  return { sql: `WITH ${parts.join(',\n')}\nSELECT * FROM ${joined}`, parameters };
}

function factsSql(query: StateQuery, bind: (value: unknown) => string): string {
  const { family, needs } = query;
  const columns = [
    query.bucketStarts ? `width_bucket(e.occurred_at, ${bind(query.bucketStarts)}::timestamptz[]) AS bucket` : '1 AS bucket',
    ...query.dimensions.map((name, index) => `${dimensionSql(family, name)} AS d${index}`),
    ...needs.sums.map((measure, index) => `(${family.sums?.[measure]}) AS m${index}`),
  ];
  if (needs.value || needs.sketch) columns.push(`${family.value?.sql} AS v`);
  if (needs.distinct) columns.push(`${family.distinct} AS who`);
  if (needs.last) columns.push(`${family.last} AS last_value, e.occurred_at, e.received_at`);
  return `SELECT ${columns.join(', ')} FROM analytics_events e ${family.joins ?? ''}
    WHERE ${conditions(query, bind).join(' AND ')}`;
}

function conditions(query: StateQuery, bind: (value: unknown) => string): string[] {
  const { family } = query;
  return [
    `e.event_type = ${bind(family.eventType)}`,
    `e.occurred_at >= ${bind(query.from)} AND e.occurred_at < ${bind(query.to)}`,
    ...(family.where ? [`(${family.where})`] : []),
    ...Object.entries(query.filters).map(([name, values]) => `${dimensionSql(family, name)} = ANY(${bind(values)}::text[])`),
  ];
}

function dimensionSql(family: Family, name: string): string {
  const found = dimensionOf(family, name);
  if (!found) throw new Error(`The family "${family.name}" has no dimension "${name}".`);
  return `coalesce(${found.sql}, '')`;
}

/** With a sketch in two levels: facts into log buckets, then buckets into states, so that facts are read once. */
function plainSql({ needs }: StateQuery, keys: string): string {
  const outer = ['count(*) AS count', ...needs.sums.map((_, index) => `sum(m${index}) AS m${index}`)];
  if (needs.value || needs.sketch) outer.push('sum(v) AS value_sum, min(v) AS value_min, max(v) AS value_max');
  if (needs.last) {
    outer.push('(array_agg(last_value ORDER BY occurred_at DESC, received_at DESC))[1] AS last_value, max(occurred_at) AS last_at');
  }
  if (!needs.sketch) return `SELECT ${keys}, ${outer.join(', ')} FROM facts GROUP BY ${keys}`;
  const sums = needs.sums.map((_, index) => `, sum(m${index}) AS m${index}`).join('');
  return `SELECT ${keys}, sum(count)::bigint AS count${sums},
      sum(value_sum) AS value_sum, min(value_min) AS value_min, max(value_max) AS value_max,
      string_agg(int2send(log_bucket::int2) || int4send(count::int4), ''::bytea ORDER BY log_bucket) AS sketch
    FROM (SELECT ${keys}, ${LOG_BUCKET_SQL} AS log_bucket, ${outer.join(', ')} FROM facts GROUP BY ${keys}, log_bucket) logs
    GROUP BY ${keys}`;
}

const LOG_BUCKET_SQL = `CASE WHEN v <= 0 THEN ${ZERO_BUCKET}
  ELSE least(${MAX_BUCKET}, greatest(${MIN_BUCKET}, ceil(ln(v) / ${LOG_GAMMA})))::int END`;

/**
 * Distinct values as `DistinctSketch` reads them. md5 rather than hashtext: states are kept for years, and hashtext may
 * change with the server's major version. Both forms come from one pass; the number of hashes decides which is kept.
 */
function distinctSql(keys: string): string[] {
  return [
    `hashes AS (SELECT ${keys}, decode(left(md5(who), 16), 'hex') AS hash, ('x' || left(md5(who), 16))::bit(64) AS bits
      FROM (SELECT DISTINCT ${keys}, who FROM facts WHERE who IS NOT NULL) people)`,
    `registers AS (SELECT ${keys}, substring(bits FROM 1 FOR 14)::int AS register,
        max(CASE position(B'1' IN substring(bits FROM 15)) WHEN 0 THEN 51 ELSE position(B'1' IN substring(bits FROM 15)) END) AS rank,
        count(*) AS hash_count, string_agg(hash, ''::bytea ORDER BY hash) AS hashes
      FROM hashes GROUP BY ${keys}, register)`,
    `distincts AS (SELECT ${keys}, CASE WHEN sum(hash_count) <= ${EXACT_LIMIT}
        THEN '\\x0${EXACT_FORM}'::bytea || string_agg(hashes, ''::bytea ORDER BY register)
        ELSE '\\x0${REGISTER_FORM}'::bytea
          || string_agg(int2send(register::int2) || set_byte('\\x00'::bytea, 0, rank), ''::bytea ORDER BY register)
        END AS distinct_sketch
      FROM registers GROUP BY ${keys})`,
  ];
}
