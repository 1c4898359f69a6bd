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

/** What is decided in this turn, and not decided yet. Parameter $3 holds the ids. */
const FRESH = `id = ANY ($3::uuid[]) AND status = 'pending' AND released_at IS NULL`;

/** A digest that nobody has begun to send, which more notices can still join. */
const OPEN_DIGEST = `digest AND status = 'pending' AND attempts = 0 AND claimed_until IS NULL`;

/** Decides what leaves alone and what is folded into a digest. */
@Injectable()
export class ReleaseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Decides of what is due and not decided yet, the longest due first. True: there may be more. */
  async release(now: Date, limits: readonly LaneLimit[]): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [TURN]);
      const due = await tx.query<{ id: string }[]>(
        `SELECT id FROM notification_deliveries WHERE status = 'pending' AND released_at IS NULL AND due_at <= $1
          ORDER BY due_at, id LIMIT ${RELEASED_AT_ONCE}`,
        [now],
      );
      if (due.length === 0) return false;
      const parameters = [now, JSON.stringify(limits.map(toRow)), due.map(({ id }) => id)];
      const alone = await releaseAlone(tx, parameters);
      if (alone < due.length) await fold(tx, parameters);
      return due.length === RELEASED_AT_ONCE;
    });
  }
}

/** Returns how many leave alone. */
async function releaseAlone(tx: EntityManager, parameters: unknown[]): Promise<number> {
  const [, released] = await tx.query<[unknown[], number]>(
    `WITH ${LANES}, fresh AS (
       SELECT id, channel, address, lane, row_number() OVER (PARTITION BY channel, address, lane ORDER BY id) AS place
         FROM notification_deliveries WHERE ${FRESH}
     ), candidates AS MATERIALIZED (
       SELECT fresh.* FROM fresh LEFT JOIN lanes USING (lane) WHERE fresh.lane IS NULL OR fresh.place <= lanes.most
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
     UPDATE notification_deliveries SET released_at = $1 WHERE id = ANY (ARRAY(SELECT id FROM chosen))`,
    parameters,
  );
  return released;
}

/** What is left joins the open digest of its address; where there is none, the oldest becomes it. */
async function fold(tx: EntityManager, parameters: unknown[]): Promise<void> {
  const [, , ids] = parameters;
  // From here on no worker can begin to send a digest that something is being added to.
  await tx.query(
    `SELECT id FROM notification_deliveries
      WHERE ${OPEN_DIGEST} AND (address, channel, lane) IN
            (SELECT address, channel, lane FROM notification_deliveries WHERE ${FRESH.replace('$3', '$1')}) FOR UPDATE`,
    [ids],
  );
  await openDigests(tx, parameters);
  await joinDigests(tx, parameters);
}

async function openDigests(tx: EntityManager, parameters: unknown[]): Promise<void> {
  await tx.query(
    `WITH ${LANES}, first AS MATERIALIZED (
       SELECT DISTINCT ON (channel, address, lane) id, channel, address, lane
         FROM notification_deliveries WHERE ${FRESH} ORDER BY channel, address, lane, id
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
    parameters,
  );
}

async function joinDigests(tx: EntityManager, parameters: unknown[]): Promise<void> {
  await tx.query(
    `WITH ${LANES}, open AS MATERIALIZED (
       SELECT DISTINCT ON (channel, address, lane) id, channel, address, lane
         FROM notification_deliveries WHERE ${OPEN_DIGEST} ORDER BY channel, address, lane, id
     ), joining AS MATERIALIZED (
       SELECT fresh.id, open.id AS digest_id, open.lane
         FROM (SELECT id, channel, address, lane FROM notification_deliveries WHERE ${FRESH}) fresh
         JOIN open USING (channel, address, lane)
     ), folded AS (
       UPDATE notification_deliveries delivery SET status = 'folded', folded_into = joining.digest_id
         FROM joining WHERE delivery.id = joining.id
     ), joined AS (SELECT DISTINCT digest_id, lane FROM joining)
     UPDATE notification_deliveries digest
        SET due_at = greatest(digest.due_at, least($1::timestamptz + make_interval(secs => lanes.settle_seconds),
              digest.released_at + make_interval(secs => lanes.hold_seconds)))
       FROM joined JOIN lanes USING (lane)
      WHERE digest.id = joined.digest_id`,
    parameters,
  );
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
