import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { LEVEL_MS } from '../planner/level.js';
import { readEventKeys } from './late-event-reads.js';
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
  /**
   * Dimension → the value that counts; one of the sets of the family's `firstSeen`. They narrow what is counted, not what
   * makes a value known already.
   */
  readonly filters: Readonly<Record<string, string>>;
}

/** Minutes that are not rolled up yet and are read whole; usually two. */
const MAX_PENDING_MINUTES = 2_000;
/** Minutes of which single events are looked up. */
const MAX_NAMED_MINUTES = 20_000;
/** `last_at` only decides when a row is no longer kept, so it need not follow every event. */
const LAST_AT_STEP = `interval '7 days'`;

/**
 * Keeps when each value of the family's `distinct` was first seen with which dimension values, and at all. Later events
 * never raise it and late ones lower it, so repeating it changes nothing. A family is written by one transaction at a
 * time.
 */
export async function learnFirstSeen(tx: EntityManager, family: Family, events: EventSource): Promise<void> {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const facts = factsSql(family, [events], bind);
  const name = bind(family.name);
  const changed: { hash: Buffer }[] = await tx.query(
    `INSERT INTO first_seen AS known (family, hash, dimensions, first_at, since, last_at)
     SELECT ${name}, hash, dimensions, min(at),
        least(min(min(at)) OVER (PARTITION BY hash),
              (SELECT min(since) FROM first_seen before WHERE before.family = ${name} AND before.hash = facts.hash)),
        max(at)
       FROM (${facts}) facts GROUP BY hash, dimensions ORDER BY hash, dimensions
     ON CONFLICT (family, hash, dimensions) DO UPDATE SET
       first_at = least(known.first_at, excluded.first_at), since = least(known.since, excluded.since),
       last_at = greatest(known.last_at, excluded.last_at)
     WHERE excluded.first_at < known.first_at OR excluded.since < known.since
        OR excluded.last_at > known.last_at + ${LAST_AT_STEP}
     RETURNING hash`,
    parameters,
  );
  if (changed.length === 0) return;
  // Rows of the same values with other dimensions.
  await tx.query(
    `UPDATE first_seen known SET since = first.since
       FROM (SELECT hash, min(since) AS since FROM first_seen WHERE family = $1 AND hash = ANY($2) GROUP BY hash) first
      WHERE known.family = $1 AND known.hash = first.hash AND known.since > first.since`,
    [family.name, changed.map(({ hash }) => hash)],
  );
}

/** Values with a fact in the range, under the filters, and none of any kind before it; with what is not rolled up yet. */
export async function countFirstSeen(tx: EntityManager, read: FirstSeenRead): Promise<FirstSeenCount> {
  const { family, range, filters } = read;
  const pending = await readPending(tx, read);
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const [from, to, name] = [bind(new Date(range.from)), bind(new Date(range.to)), bind(family.name)];
  const dimensions = `${bind(family.dimensions.map((dimension) => filters[dimension.name] ?? null))}::text[]`;
  const kept = `SELECT count(*) FROM first_seen
     WHERE family = ${name} AND dimensions = ${dimensions} AND since >= ${from} AND first_at < ${to}`;
  const isNew = (since: string, firstAt: string): string =>
    `count(*) FILTER (WHERE ${since} >= ${from} AND ${firstAt} < ${to})`;
  const added = `
    WITH pending AS (
      SELECT hash, min(at) AS since, min(at) FILTER (WHERE dimensions = ${dimensions}) AS first_at
        FROM (${factsSql(family, pending.events, bind)}) facts GROUP BY hash)
    SELECT ${isNew('least(pending.since, known.since)', 'least(pending.first_at, known.first_at)')}
         - ${isNew('known.since', 'known.first_at')}
      FROM pending CROSS JOIN LATERAL (
        SELECT min(since) AS since, min(first_at) FILTER (WHERE dimensions = ${dimensions}) AS first_at
          FROM first_seen WHERE family = ${name} AND hash = pending.hash) known`;
  const [row]: { count: number }[] = await tx.query(
    `SELECT ((${kept})${pending.events.length > 0 ? ` + (${added})` : ''})::int AS count`,
    parameters,
  );
  return { count: row?.count ?? 0, stale: pending.stale };
}

/** What is not rolled up yet and was before the end of the range: whole minutes, and single events where marks name all. */
async function readPending(
  tx: EntityManager,
  { family, range }: FirstSeenRead,
): Promise<{ events: EventSource[]; stale: boolean }> {
  const minutes: { start: string; named: boolean }[] = await tx.query(
    `SELECT extract(epoch FROM bucket_start) * 1000 AS start, bool_and(late_ids IS NOT NULL) AS named
       FROM rollup_invalidations
      WHERE family = $1 AND level = 'minute' AND bucket_start < $2 GROUP BY bucket_start LIMIT ${MAX_NAMED_MINUTES + 1}`,
    [family.name, new Date(range.to)],
  );
  const whole = minutes.filter(({ named }) => !named);
  const late = minutes.filter(({ named }) => named);
  if (minutes.length > MAX_NAMED_MINUTES || whole.length > MAX_PENDING_MINUTES) return { events: [], stale: true };
  const events: EventSource[] = [];
  if (whole.length > 0) events.push(spansOfMinutes(whole));
  if (late.length > 0) {
    const buckets = late.map(({ start }) => ({ start: Number(start), widthMs: LEVEL_MS.minute }));
    events.push(await readEventKeys(tx, family, buckets));
  }
  return { events, stale: false };
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

/** Hash, dimension values and time of every fact of the family, once for each set of dimensions that is asked for. */
function factsSql(family: Family, sources: readonly EventSource[], bind: Bind): string {
  const sets = family.firstSeen ?? [];
  const arrays = sets.map((set, index) => {
    const values = family.dimensions.map(({ name }) =>
      set.includes(name) ? dimensionSql(family, name) : 'NULL::text',
    );
    return `ARRAY[${values.join(', ')}] AS set${index}`;
  });
  const facts = sources.map(
    (events) => `SELECT ${family.distinct} AS who, ${arrays.join(', ')}, e.occurred_at AS at
      FROM ${eventsSql(family, events, bind)}`,
  );
  return `SELECT ${HASH_SQL} AS hash, kept.dimensions, at
    FROM (${facts.map((sql) => `(${sql})`).join(' UNION ALL ')}) fact
   CROSS JOIN LATERAL (VALUES ${sets.map((_, index) => `(set${index})`).join(', ')}) AS kept(dimensions)
   WHERE who IS NOT NULL`;
}
