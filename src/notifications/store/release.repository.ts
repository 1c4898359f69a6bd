import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { LaneLimit } from '../domain/storm-limits.js';

/** Dispatchers take turns: two that count the same messages would let twice as many through. */
const TURN = 'notifications:release';

/** Deliveries that are decided at once: far below what a statement has time for, however large the storm. */
export const RELEASED_AT_ONCE = 10_000;

/** The limits as a table: lane, most, and windows and pauses in seconds. Parameter $2 holds them. */
const LANES = `lanes AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS limits (lane text, most integer,
  window_seconds integer, settle_seconds integer, hold_seconds integer, next_hold_seconds integer))`;

/**
 * What is decided in this turn, as it was read. From parameters, whose number the planner knows: of rows that were written
 * a moment ago it has no statistics, and would compare each with each.
 */
const FRESH = `fresh AS MATERIALIZED (
  SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) AS due (id, channel, address, lane))`;

/** A digest that nobody has begun to send, which more notices can still join. */
const OPEN_DIGEST = `digest AND status = 'pending' AND attempts = 0 AND claimed_until IS NULL`;

/** Due, and not decided yet. */
interface Due {
  readonly id: string;
  readonly channel: string;
  readonly address: string;
  readonly lane: string | null;
}

interface Turn {
  readonly now: Date;
  readonly limits: readonly LaneLimit[];
}

/** Decides what leaves alone and what is folded into a digest. */
@Injectable()
export class ReleaseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Decides of what is due and not decided yet, the longest due first. True: there may be more. */
  async release(now: Date, limits: readonly LaneLimit[]): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [TURN]);
      const due = await tx.query<Due[]>(
        `SELECT id, channel, address, lane FROM notification_deliveries
          WHERE status = 'pending' AND released_at IS NULL AND due_at <= $1
          ORDER BY due_at, id LIMIT ${RELEASED_AT_ONCE}`,
        [now],
      );
      if (due.length === 0) return false;
      const alone = await releaseAlone(tx, { now, limits }, due);
      const others = due.filter(({ id }) => !alone.has(id));
      if (others.length > 0) await fold(tx, { now, limits }, others);
      return due.length === RELEASED_AT_ONCE;
    });
  }
}

/** Returns the ids of those that leave alone. */
async function releaseAlone(tx: EntityManager, turn: Turn, due: readonly Due[]): Promise<ReadonlySet<string>> {
  const [released] = await tx.query<[{ id: string }[], number]>(
    `WITH ${LANES}, ${FRESH}, placed AS (
       SELECT *, row_number() OVER (PARTITION BY channel, address, lane ORDER BY id) AS place FROM fresh
     ), candidates AS MATERIALIZED (
       SELECT placed.* FROM placed LEFT JOIN lanes USING (lane) WHERE placed.lane IS NULL OR placed.place <= lanes.most
     ), room AS MATERIALIZED (
       SELECT busy.channel, busy.address, busy.lane, lanes.most - (
                SELECT count(*) FROM notification_deliveries earlier
                 WHERE earlier.address = busy.address AND earlier.channel = busy.channel AND earlier.lane = busy.lane
                   AND NOT earlier.digest
                   AND earlier.released_at > $1::timestamptz - make_interval(secs => lanes.window_seconds)) AS places
         FROM (SELECT DISTINCT channel, address, lane FROM candidates WHERE lane IS NOT NULL) busy
         JOIN lanes USING (lane)
     ), chosen AS MATERIALIZED (
       SELECT candidates.id FROM candidates LEFT JOIN room USING (channel, address, lane)
        WHERE candidates.lane IS NULL OR candidates.place <= room.places
     )
     UPDATE notification_deliveries SET released_at = $1 WHERE id = ANY (ARRAY(SELECT id FROM chosen)) RETURNING id`,
    parametersOf(turn, due),
  );
  return new Set(released.map(({ id }) => id));
}

/** What is left joins the open digest of its address; where there is none, the oldest becomes it. */
async function fold(tx: EntityManager, turn: Turn, due: readonly Due[]): Promise<void> {
  // From here on no worker can begin to send a digest that something is being added to.
  await tx.query(
    `SELECT id FROM notification_deliveries
      WHERE ${OPEN_DIGEST} AND (address, channel, lane) IN
            (SELECT * FROM unnest($1::text[], $2::text[], $3::text[])) FOR UPDATE`,
    [due.map(({ address }) => address), due.map(({ channel }) => channel), due.map(({ lane }) => lane)],
  );
  await openDigests(tx, turn, due);
  const digests = await digestsOf(tx);
  const joining = due.flatMap((delivery) => {
    const digestId = digests.get(placeOf(delivery));
    return digestId === undefined || digestId === delivery.id ? [] : [{ id: delivery.id, digestId }];
  });
  await joinDigests(tx, turn, joining);
}

async function openDigests(tx: EntityManager, turn: Turn, due: readonly Due[]): Promise<void> {
  await tx.query(
    `WITH ${LANES}, ${FRESH}, first AS MATERIALIZED (
       SELECT DISTINCT ON (channel, address, lane) id, channel, address, lane
         FROM fresh ORDER BY channel, address, lane, id
     )
     UPDATE notification_deliveries delivery
        SET digest = true, released_at = $1, due_at = $1::timestamptz + make_interval(secs => CASE WHEN EXISTS (
              SELECT 1 FROM notification_deliveries earlier
               WHERE earlier.address = first.address AND earlier.channel = first.channel AND earlier.lane = first.lane
                 AND earlier.digest AND earlier.released_at > $1::timestamptz - make_interval(secs => lanes.window_seconds))
            THEN lanes.next_hold_seconds ELSE lanes.settle_seconds END)
       FROM first JOIN lanes USING (lane)
      WHERE delivery.id = first.id AND NOT EXISTS (
            SELECT 1 FROM notification_deliveries open
             WHERE ${OPEN_DIGEST} AND open.address = first.address AND open.channel = first.channel
               AND open.lane = first.lane)`,
    parametersOf(turn, due),
  );
}

/** The ids of the open digests, by place; the oldest where there are several. */
async function digestsOf(tx: EntityManager): Promise<ReadonlyMap<string, string>> {
  const open = await tx.query<Due[]>(
    `SELECT id, channel, address, lane FROM notification_deliveries WHERE ${OPEN_DIGEST} ORDER BY id DESC`,
  );
  return new Map(open.map((digest) => [placeOf(digest), digest.id]));
}

async function joinDigests(
  tx: EntityManager,
  { now, limits }: Turn,
  joining: readonly { readonly id: string; readonly digestId: string }[],
): Promise<void> {
  const digestIds = joining.map(({ digestId }) => digestId);
  await tx.query(
    `UPDATE notification_deliveries delivery SET status = 'folded', folded_into = joining.digest_id
       FROM unnest($1::uuid[], $2::uuid[]) AS joining (id, digest_id) WHERE delivery.id = joining.id`,
    [joining.map(({ id }) => id), digestIds],
  );
  await tx.query(
    `WITH ${LANES}
     UPDATE notification_deliveries digest
        SET due_at = greatest(digest.due_at, least($1::timestamptz + make_interval(secs => lanes.settle_seconds),
              digest.released_at + make_interval(secs => lanes.hold_seconds)))
       FROM lanes WHERE digest.id = ANY ($3::uuid[]) AND lanes.lane = digest.lane`,
    [now, JSON.stringify(limits.map(toRow)), [...new Set(digestIds)]],
  );
}

/** What is told together. */
function placeOf({ channel, address, lane }: Due): string {
  return JSON.stringify([channel, address, lane]);
}

function parametersOf({ now, limits }: Turn, due: readonly Due[]): unknown[] {
  return [
    now,
    JSON.stringify(limits.map(toRow)),
    due.map(({ id }) => id),
    due.map(({ channel }) => channel),
    due.map(({ address }) => address),
    due.map(({ lane }) => lane),
  ];
}

function toRow(limit: LaneLimit): object {
  return {
    lane: limit.lane,
    most: limit.most,
    window_seconds: limit.windowSeconds,
    settle_seconds: limit.settleSeconds,
    hold_seconds: limit.holdSeconds,
    next_hold_seconds: limit.nextHoldSeconds,
  };
}
