import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { spansOfMinutes } from './product-label.repository.js';
import { dimensionSql, eventsSql, HASH_SQL, type Bind, type EventSource } from './state-query.js';

/** How many values were first seen within a range. */
export interface FirstSeenCount {
  readonly count: number;
  /** True when too much is waiting to be rolled up for it to be in the count. */
  readonly stale: boolean;
}

export interface FirstSeenRead {
  readonly family: Family;
  /** Half-open, in epoch milliseconds. */
  readonly range: { readonly from: number; readonly to: number };
  /** Dimension → values that count. They narrow what is counted, not what makes a value known already. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

/** Minutes that are not rolled up yet and are read from raw events; usually two. */
const MAX_PENDING_MINUTES = 2_000;
/** `last_at` only decides when a row is no longer kept, so it need not follow every event. */
const LAST_AT_STEP = `interval '7 days'`;

/**
 * Keeps when each value of the family's `distinct` was first seen with which dimension values. Later events never raise
 * it and late ones lower it, so repeating it changes nothing. Rows are locked in the order of their key.
 */
export async function learnFirstSeen(tx: EntityManager, family: Family, events: EventSource): Promise<void> {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const facts = factsSql(family, events, bind);
  await tx.query(
    `INSERT INTO first_seen AS known (family, hash, dimensions, first_at, last_at)
     SELECT ${bind(family.name)}, hash, dimensions, min(at), max(at) FROM (${facts}) facts
      GROUP BY hash, dimensions ORDER BY hash, dimensions
     ON CONFLICT (family, hash, dimensions) DO UPDATE SET
       first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)
     WHERE excluded.first_at < known.first_at OR excluded.last_at > known.last_at + ${LAST_AT_STEP}`,
    parameters,
  );
}

/** Values with a fact in the range, under the filters, and none of any kind before it; with what is not rolled up yet. */
export async function countFirstSeen(
  tx: EntityManager,
  { family, range, filters }: FirstSeenRead,
): Promise<FirstSeenCount> {
  const minutes: { start: string }[] = await tx.query(
    `SELECT DISTINCT extract(epoch FROM bucket_start) * 1000 AS start FROM rollup_invalidations
      WHERE family = $1 AND level = 'minute' AND bucket_start < $2 LIMIT ${MAX_PENDING_MINUTES + 1}`,
    [family.name, new Date(range.to)],
  );
  const stale = minutes.length > MAX_PENDING_MINUTES;
  const spans = stale ? [] : spansOfMinutes(minutes);
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const [from, to, name] = [bind(new Date(range.from)), bind(new Date(range.to)), bind(family.name)];
  const pending =
    spans.length > 0
      ? factsSql(family, spans, bind)
      : `SELECT NULL::bytea AS hash, NULL::text[] AS dimensions, NULL::timestamptz AS at WHERE false`;
  const matches = Object.entries(filters).map(
    ([dimension, values]) => ` AND dimensions[${placeOf(family, dimension)}] = ANY(${bind(values)}::text[])`,
  );
  const [row]: { count: number }[] = await tx.query(
    `WITH pending AS MATERIALIZED (${pending})
     SELECT count(DISTINCT hash)::int AS count FROM (
       SELECT hash FROM first_seen
        WHERE family = ${name} AND first_at >= ${from} AND first_at < ${to}${matches.join('')}
       UNION ALL SELECT hash FROM pending WHERE at >= ${from} AND at < ${to}${matches.join('')}) candidate
      WHERE NOT EXISTS (SELECT 1 FROM first_seen earlier
                         WHERE earlier.family = ${name} AND earlier.hash = candidate.hash AND earlier.first_at < ${from})
        AND NOT EXISTS (SELECT 1 FROM pending earlier WHERE earlier.hash = candidate.hash AND earlier.at < ${from})`,
    parameters,
  );
  return { count: row?.count ?? 0, stale };
}

/** Forgets values that were last seen before `before`. @returns how many rows went; 0 means that this was all */
export async function forgetFirstSeen(tx: EntityManager, family: Family, before: Date, limit: number): Promise<number> {
  const [, deleted]: [unknown[], number] = await tx.query(
    `DELETE FROM first_seen WHERE ctid IN (
       SELECT ctid FROM first_seen WHERE family = $1 AND last_at < $2 LIMIT $3)`,
    [family.name, before, limit],
  );
  return deleted;
}

/** Hash, dimension values and time of every fact of the family. */
function factsSql(family: Family, events: EventSource, bind: Bind): string {
  const dimensions = family.dimensions.map(({ name }) => dimensionSql(family, name)).join(', ');
  return `SELECT ${HASH_SQL} AS hash, dimensions, at FROM (
    SELECT ${family.distinct} AS who, ARRAY[${dimensions}]::text[] AS dimensions, e.occurred_at AS at
      FROM ${eventsSql(family, events, bind)}) fact WHERE who IS NOT NULL`;
}

function placeOf(family: Family, dimension: string): number {
  const place = family.dimensions.findIndex(({ name }) => name === dimension);
  if (place < 0) throw new Error(`The family "${family.name}" has no dimension "${dimension}".`);
  return place + 1;
}
