import { dimensionOf, type Family } from '../catalogue/family.js';
import { EXACT_FORM, EXACT_LIMIT, REGISTER_FORM } from '../domain/distinct-sketch.js';
import { LOG_GAMMA, MAX_BUCKET, MIN_BUCKET, ZERO_BUCKET } from '../domain/quantile-sketch.js';
import { LEVEL_MS, ORIGIN_MS, type Level } from '../planner/level.js';
import type { Span } from '../planner/segments.js';

/** What a read needs of a family's states; what is not needed is not computed. */
export interface StateNeeds {
  readonly sums: readonly string[];
  readonly value: boolean;
  readonly sketch: boolean;
  readonly distinct: boolean;
  readonly last: boolean;
}

/** Single events by their keys. */
export interface EventKeys {
  readonly ids: readonly string[];
  /** When each happened, as PostgreSQL writes it: to the microsecond. */
  readonly instants: readonly string[];
  /** What holds all of them, so that other days are not looked at. */
  readonly within: Span;
}

/** What is read: spans that are disjoint, oldest first, or single events. */
export type EventSource = readonly Span[] | EventKeys;

/** Which states are asked of a family. */
export interface StateQuery {
  readonly family: Family;
  readonly spans: EventSource;
  readonly bucketing: Bucketing;
  readonly dimensions: readonly string[];
  /** Dimension → values that count; '' stands for none. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly needs: StateNeeds;
}

/**
 * What stands in the column `bucket`: the place among `starts` (from 1; the first start is at or before the first span),
 * the start of the level's bucket, or 1 for all.
 */
export type Bucketing = { readonly starts: readonly Date[] } | { readonly level: Level } | 'whole';

/**
 * How sketches leave SQL: as they are kept, or as a list of the log bucket and the hash of every fact, which is less work
 * for SQL, but takes memory for every fact.
 */
export type SketchForm = 'counted' | 'listed';

export interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

export type Bind = (value: unknown) => string;

/** The SQL that folds raw events into states, one row per bucket and combination of dimension values. */
export function rawStateStatement(query: StateQuery, form: SketchForm = 'counted'): Statement {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const keys = keyColumns(query).join(', ');
  const counted = query.needs.sketch && !query.needs.last && form === 'counted';
  const plain = counted ? countedSql(query, keys) : plainSql(query, keys, form);
  const parts = [`facts AS (${factsSql(query, bind)})`, `plain AS (${plain})`];
  const isJoined = query.needs.distinct && form === 'counted';
  if (isJoined) parts.push(...distinctSql(keys));
  // FULL, though the left side has every key: such a join is never a nested loop, which without statistics (an import into
  // a fresh database) the planner took for 10,000 groups on each side, at 167 s instead of 0.3 s.
  const joined = isJoined ? `plain FULL JOIN distincts USING (${keys})` : 'plain';
  return { sql: `WITH ${parts.join(',\n')}\nSELECT * FROM ${joined}`, parameters };
}

/** How many raw events a read would touch, counted up to `limit`. */
export function rawCountStatement(family: Family, spans: readonly Span[], limit: number): Statement {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const source = eventsSql(family, spans, bind);
  return {
    sql: `SELECT count(*)::int AS count FROM (SELECT 1 FROM ${source} LIMIT ${bind(limit)}) counted`,
    parameters,
  };
}

export function keyColumns(query: Pick<StateQuery, 'dimensions'>): string[] {
  return ['bucket', ...query.dimensions.map((_, index) => `d${index}`)];
}

/** `column` as the bucket it falls into. */
export function bucketSql(bucketing: { readonly level: Level }, column: string): string;
export function bucketSql(bucketing: Bucketing, column: string, bind: Bind): string;
export function bucketSql(bucketing: Bucketing, column: string, bind?: Bind): string {
  if (bucketing === 'whole') return '1';
  if ('starts' in bucketing) return `width_bucket(${column}, ${bind?.(bucketing.starts)}::timestamptz[])`;
  const seconds = LEVEL_MS[bucketing.level] / 1_000;
  return `date_bin('${seconds} seconds', ${column}, '${new Date(ORIGIN_MS).toISOString()}')`;
}

function factsSql(query: StateQuery, bind: Bind): string {
  const { family, needs } = query;
  const columns = [
    `${bucketSql(query.bucketing, 'e.occurred_at', bind)} AS bucket`,
    ...query.dimensions.map((name, index) => `${dimensionSql(family, name)} AS d${index}`),
    ...needs.sums.map((measure, index) => `(${family.sums?.[measure]}) AS m${index}`),
  ];
  if (needs.value || needs.sketch) columns.push(`${family.value?.sql} AS v`);
  if (needs.distinct) columns.push(`${family.distinct} AS who`);
  if (needs.last) columns.push(`${family.last} AS last_value, e.occurred_at, e.received_at`);
  const where = Object.entries(query.filters).map(
    ([name, values]) => ` AND ${dimensionSql(family, name)} = ANY(${bind(values)}::text[])`,
  );
  return `SELECT ${columns.join(', ')} FROM ${eventsSql(family, query.spans, bind, where.join(''))}`;
}

/**
 * The family's events of the spans, joined into facts. A few spans are an index scan each, whose bounds tell the planner
 * which days it has to look at; with more of them that would be as many plans, and they become a loop: OFFSET 0 keeps
 * the planner from turning them into one scan over everything with a join filter.
 */
export function eventsSql(family: Family, spans: EventSource, bind: Bind, where = ''): string {
  const rest = `${family.where ? ` AND (${family.where})` : ''}${where}`;
  const type = `e.event_type = ${bind(family.eventType)}`;
  if ('ids' in spans) return `${keyedSql(spans, type, bind)} ${family.joins ?? ''} WHERE true${rest}`;
  const within = ({ from, to }: Span): string =>
    `${type} AND e.occurred_at >= ${bind(new Date(from))} AND e.occurred_at < ${bind(new Date(to))}`;
  const [first, ...others] = spans;
  if (first && others.length === 0) {
    return `analytics_events e ${family.joins ?? ''} WHERE ${within(first)}${rest}`;
  }
  if (spans.length <= MAX_SCANS) {
    const scans = spans.map((span) => `SELECT * FROM analytics_events e WHERE ${within(span)}`);
    return `(${scans.join(' UNION ALL ')}) e ${family.joins ?? ''} WHERE true${rest}`;
  }
  return `${loopSql(spans, within, bind)} ${family.joins ?? ''} WHERE true${rest}`;
}

/** A plan for three partitions takes 1 ms, one for ninety 30. */
const MAX_SCANS = 6;

function loopSql(spans: readonly Span[], within: (span: Span) => string, bind: Bind): string {
  const starts = bind(spans.map((span) => new Date(span.from)));
  const ends = bind(spans.map((span) => new Date(span.to)));
  const all = { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
  return `unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) AS span(starts, ends)
    CROSS JOIN LATERAL (SELECT * FROM analytics_events e
      WHERE ${within(all)} AND e.occurred_at >= span.starts AND e.occurred_at < span.ends OFFSET 0) e`;
}

/** One look into the primary key each. */
function keyedSql({ ids, instants, within }: EventKeys, type: string, bind: Bind): string {
  return `unnest(${bind(ids)}::uuid[], ${bind(instants)}::timestamptz[]) AS late(id, at)
    CROSS JOIN LATERAL (SELECT * FROM analytics_events e
      WHERE ${type} AND e.event_id = late.id AND e.occurred_at = late.at
        AND e.occurred_at >= ${bind(new Date(within.from))} AND e.occurred_at < ${bind(new Date(within.to))} OFFSET 0) e`;
}

export function dimensionSql(family: Family, name: string): string {
  const found = dimensionOf(family, name);
  if (!found) throw new Error(`The family "${family.name}" has no dimension "${name}".`);
  return `coalesce(${found.sql}, '')`;
}

function plainSql({ needs }: StateQuery, keys: string, form: SketchForm): string {
  const columns = ['count(*) AS count', ...needs.sums.map((_, index) => `sum(m${index}) AS m${index}`)];
  if (needs.value || needs.sketch) columns.push('sum(v) AS value_sum, min(v) AS value_min, max(v) AS value_max');
  if (needs.sketch) columns.push(`array_agg(${LOG_BUCKET_SQL}::int2) FILTER (WHERE v IS NOT NULL) AS sketch_list`);
  if (needs.distinct && form === 'listed')
    columns.push(`string_agg(${HASH_SQL}, ''::bytea) FILTER (WHERE who IS NOT NULL) AS hash_list`);
  if (needs.last) {
    columns.push(
      `(array_agg(last_value ORDER BY occurred_at DESC, received_at DESC) ${KNOWN})[1] AS last_value,
        max(occurred_at) ${KNOWN} AS last_at`,
    );
  }
  return `SELECT ${keys}, ${columns.join(', ')} FROM facts GROUP BY ${keys}`;
}

const KNOWN = 'FILTER (WHERE last_value IS NOT NULL)';

/** In two levels: facts into log buckets, then these into states, so that facts are read once. */
function countedSql({ needs }: StateQuery, keys: string): string {
  const sums = needs.sums.map((_, index) => `, sum(m${index}) AS m${index}`).join('');
  return `SELECT ${keys}, sum(count)::bigint AS count${sums},
      sum(value_sum) AS value_sum, min(value_min) AS value_min, max(value_max) AS value_max,
      string_agg(int2send(log_bucket::int2) || int4send(count::int4), ''::bytea ORDER BY log_bucket) AS sketch
    FROM (SELECT ${keys}, ${LOG_BUCKET_SQL} AS log_bucket, count(*) AS count${sums},
        sum(v) AS value_sum, min(v) AS value_min, max(v) AS value_max
      FROM facts GROUP BY ${keys}, log_bucket) logs
    GROUP BY ${keys}`;
}

const LOG_BUCKET_SQL = `CASE WHEN v IS NULL THEN NULL WHEN v <= 0 THEN ${ZERO_BUCKET}
  ELSE least(${MAX_BUCKET}, greatest(${MIN_BUCKET}, ceil(ln(v) / ${LOG_GAMMA})))::int END`;

/** md5 rather than hashtext: states are kept for years, and hashtext may change with the server's major version. */
export const HASH_SQL = `decode(left(md5(who), 16), 'hex')`;

/**
 * Distinct values as `DistinctSketch` reads them. Both forms come from one pass; the number of hashes decides which is kept.
 */
function distinctSql(keys: string): string[] {
  return [
    `hashes AS (SELECT ${keys}, ${HASH_SQL} AS hash, ('x' || left(md5(who), 16))::bit(64) AS bits
      FROM (SELECT DISTINCT ${keys}, who FROM facts WHERE who IS NOT NULL) people)`,
    `registers AS (SELECT ${keys}, substring(bits FROM 1 FOR 14)::int AS register,
        max(CASE position(B'1' IN substring(bits FROM 15)) WHEN 0 THEN 51 ELSE position(B'1' IN substring(bits FROM 15)) END) AS rank,
        count(*) AS hash_count, string_agg(hash, ''::bytea ORDER BY hash) AS hashes
      FROM hashes GROUP BY ${keys}, register)`,
    `distincts AS (SELECT ${keys}, CASE WHEN sum(hash_count) <= ${EXACT_LIMIT}
        THEN ${chunkSql(EXACT_FORM, "string_agg(hashes, ''::bytea ORDER BY register)")}
        ELSE ${chunkSql(
          REGISTER_FORM,
          "string_agg(int2send(register::int2) || set_byte('\\x00'::bytea, 0, rank), ''::bytea ORDER BY register)",
        )}
        END AS distinct_sketch
      FROM registers GROUP BY ${keys})`,
  ];
}

function chunkSql(form: number, payload: string): string {
  return `'\\x0${form}'::bytea || int4send(octet_length(${payload})) || ${payload}`;
}
