import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import type { SettledPiece } from '../planner/settled-pieces.js';

/**
 * For every piece what changes when one of its buckets is written, sealed or emptied; undefined where there is no row to
 * tell by. A bucket is always written whole, and its totals with it, so the transactions that wrote the totals (`xmin`)
 * stand for those that wrote the rest. A later transaction has a higher number, so two changes do not cancel each other.
 */
export async function readVersions(
  tx: EntityManager,
  pieces: readonly (SettledPiece & { readonly family: Family })[],
): Promise<(string | undefined)[]> {
  if (pieces.length === 0) return [];
  const rows: { version: string | null }[] = await tx.query(
    `SELECT totals.version
       FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
              WITH ORDINALITY AS piece(family, level, starts, ends, place)
      CROSS JOIN LATERAL (
        SELECT count(*) || ':' || sum(r.xmin::text::bigint) AS version FROM analytics_rollups r
         WHERE r.family = piece.family AND r.granularity = piece.level AND r.dimensions = '{}'
           AND r.bucket_start >= piece.starts AND r.bucket_start < piece.ends) totals
      ORDER BY piece.place`,
    [
      pieces.map(({ family }) => family.name),
      pieces.map(({ provedBy }) => provedBy),
      pieces.map(({ from }) => new Date(from)),
      pieces.map(({ to }) => new Date(to)),
    ],
  );
  return rows.map(({ version }) => version ?? undefined);
}
