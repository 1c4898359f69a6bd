import type { EntityManager } from 'typeorm';
import type { KeptFrom } from '../planner/retention-policy.js';
import type { Span } from '../planner/segments.js';
import type { Bucketing, Statement, StateQuery } from './state-query.js';
import { toStateRow, type DriverRow, type StateRow } from './state-row.js';

/** A read that leaves it to the planner where each part of the range comes from. */
export interface StateRead extends Omit<StateQuery, 'spans' | 'bucketing'> {
  readonly range: Span;
  /** Starts of the buckets, oldest first, the first at or before the range; absent: all in one. */
  readonly bucketStarts?: readonly Date[];
  /** Earliest bucket start that a level still has. */
  readonly keptFrom: KeptFrom;
  /** Only days before this may have sealed rows. */
  readonly sealedBefore: number;
  /** Set: the answer has to come in time, at any rate of events; see `SlicedRawReads`. */
  readonly live?: LiveRead | undefined;
}

/** A read of which what is there in time is worth more than all of it too late. */
export interface LiveRead {
  /** `performance.now()` after which no further raw events are looked for. */
  readonly until: number;
}

export function bucketingOf({ bucketStarts }: StateRead): Bucketing {
  return bucketStarts ? { starts: bucketStarts } : 'whole';
}

/** Runs a statement that folds events or rollups into states. */
export async function statesOf(tx: EntityManager, read: StateRead, statement: Statement): Promise<StateRow[]> {
  const rows = await run<DriverRow>(tx, statement);
  return rows.map((row) => toStateRow(row, read));
}

export function run<Row>(tx: EntityManager, { sql, parameters }: Statement): Promise<Row[]> {
  return tx.query(sql, parameters);
}
