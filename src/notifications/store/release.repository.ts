import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { LaneLimit } from '../domain/storm-limits.js';

/** Dispatchers take turns: two that count the same messages would let twice as many through. */
const TURN = 'notifications:release';

/** The limits as a table: lane, most, and windows and pauses in seconds. Parameters from $2 on. */
const LANES = `lanes AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS limits (lane text, most integer,
  window_seconds integer, settle_seconds integer, hold_seconds integer, next_hold_seconds integer))`;

const FRESH = `status = 'pending' AND released_at IS NULL AND due_at <= $1`;

/** A digest that nobody has begun to send, which more notices can still join. */
const OPEN_DIGEST = `digest AND status = 'pending' AND attempts = 0 AND claimed_until IS NULL`;

/** Decides what leaves alone and what is folded into a digest. */
@Injectable()
export class ReleaseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Releases everything that is due and not decided yet. Returns how many leave alone. */
  async release(now: Date, limits: readonly LaneLimit[]): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [TURN]);
      const parameters = [now, JSON.stringify(limits.map(toRow))];
      const alone = await releaseAlone(tx, parameters);
      const left: unknown[] = await tx.query(`SELECT 1 FROM notification_deliveries WHERE ${FRESH} LIMIT 1`, [now]);
      if (left.length > 0) await fold(tx, parameters);
      return alone;
    });
  }
}

async function releaseAlone(tx: EntityManager, parameters: unknown[]): Promise<number> {
  const [, released] = await tx.query<[unknown[], number]>(
    `WITH ${LANES}, fresh AS (
       SELECT id, channel, address, lane, row_number() OVER (PARTITION BY channel, address, lane ORDER BY id) AS place
         FROM notification_deliveries WHERE ${FRESH}
     ), room AS (
       SELECT busy.channel, busy.address, busy.lane, lanes.most - (
                SELECT count(*) FROM notification_deliveries earlier
                 WHERE earlier.address = busy.address AND earlier.channel = busy.channel AND earlier.lane = busy.lane
                   AND NOT earlier.digest
                   AND earlier.released_at > $1::timestamptz - make_interval(secs => lanes.window_seconds)) AS places
         FROM (SELECT DISTINCT channel, address, lane FROM fresh WHERE lane IS NOT NULL) busy JOIN lanes USING (lane)
     )
     UPDATE notification_deliveries delivery SET released_at = $1
       FROM fresh LEFT JOIN room USING (channel, address, lane)
      WHERE delivery.id = fresh.id AND (fresh.lane IS NULL OR fresh.place <= room.places)`,
    parameters,
  );
  return released;
}

/** What is left joins the open digest of its address; where there is none, the oldest becomes it. */
async function fold(tx: EntityManager, parameters: unknown[]): Promise<void> {
  const [now] = parameters;
  // From here on no worker can begin to send a digest that something is being added to.
  await tx.query(
    `SELECT id FROM notification_deliveries
      WHERE ${OPEN_DIGEST} AND (address, channel, lane) IN
            (SELECT address, channel, lane FROM notification_deliveries WHERE ${FRESH}) FOR UPDATE`,
    [now],
  );
  await tx.query(
    `WITH ${LANES}, first AS (
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
  await tx.query(
    `WITH ${LANES}, open AS (
       SELECT DISTINCT ON (channel, address, lane) id, channel, address, lane
         FROM notification_deliveries WHERE ${OPEN_DIGEST} ORDER BY channel, address, lane, id
     ), folded AS (
       UPDATE notification_deliveries delivery SET status = 'folded', folded_into = open.id
         FROM open
        WHERE delivery.address = open.address AND delivery.channel = open.channel AND delivery.lane = open.lane
          AND delivery.status = 'pending' AND delivery.released_at IS NULL AND delivery.due_at <= $1
       RETURNING open.id, open.lane
     ), joined AS (SELECT DISTINCT id, lane FROM folded)
     UPDATE notification_deliveries digest
        SET due_at = greatest(digest.due_at, least($1::timestamptz + make_interval(secs => lanes.settle_seconds),
              digest.released_at + make_interval(secs => lanes.hold_seconds)))
       FROM joined JOIN lanes USING (lane)
      WHERE digest.id = joined.id`,
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
