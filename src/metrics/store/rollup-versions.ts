import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import type { SettledPiece } from '../planner/settled-pieces.js';

/** A piece, and of which family. */
export interface FamilyPiece {
  readonly family: Family;
  readonly piece: SettledPiece;
}

/**
 * For every piece what changes when one of its buckets is written, sealed or emptied; absent where there is no row to
 * tell by. A bucket is always written whole, and its totals with it, so the transactions that wrote the totals (`xmin`)
 * stand for those that wrote the rest. Writers of a family come one after the other, each with a higher number than those
 * before: as many rows with the same sum are the same rows. A server that was restarted, or that took over from another,
 * may have lost what was read from it, and given the number again: its start is part of the version.
 */
export async function readVersions(
  tx: EntityManager,
  pieces: readonly FamilyPiece[],
): Promise<ReadonlyMap<SettledPiece, string>> {
  if (pieces.length === 0) return new Map();
  const rows: { place: string; version: string }[] = await tx.query(VERSIONS_SQL, [
    pieces.map(({ family }) => family.name),
    pieces.map(({ piece }) => piece.provedBy),
    pieces.map(({ piece }) => new Date(piece.from)),
    pieces.map(({ piece }) => new Date(piece.to)),
  ]);
  const versions = new Map<SettledPiece, string>();
  for (const { place, version } of rows) {
    const proved = pieces[Number(place) - 1];
    if (proved) versions.set(proved.piece, version);
  }
  return versions;
}

const VERSIONS_SQL = `SELECT piece.place, totals.version || ' of ' || pg_postmaster_start_time() AS version
  FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
    WITH ORDINALITY AS piece(family, level, starts, ends, place)
  CROSS JOIN LATERAL (
    SELECT count(*) || ':' || sum(r.xmin::text::bigint) AS version FROM analytics_rollups r
     WHERE r.family = piece.family AND r.granularity = piece.level AND r.dimensions = '{}'
       AND r.bucket_start >= piece.starts AND r.bucket_start < piece.ends) totals
 WHERE totals.version IS NOT NULL`;
