import { floorTo, type Level } from '../../metrics/index.js';
import type { PendingBucket } from '../store/mark.repository.js';

/** Buckets that one transaction rewrites. */
export interface Batch {
  readonly level: Level;
  /** Epoch milliseconds, ascending. */
  readonly starts: readonly number[];
}

/** Keeps a transaction, and what it holds in memory, small. */
const MAX_EVENTS = 500_000;
const MAX_BUCKETS = 1_440;

/**
 * What to rewrite from raw events for marked minutes: the finest level that is kept for their time. The first mark
 * decides the level; the others join while the batch stays small.
 */
export function rawBatch(
  pending: readonly PendingBucket[],
  keptFrom: Readonly<Record<Level, number>>,
): Batch | undefined {
  const [first] = pending;
  if (!first) return undefined;
  const level = finestKept(first.start, keptFrom);
  const starts = new Set<number>();
  let events = 0;
  for (const bucket of pending) {
    if (events > MAX_EVENTS || starts.size >= MAX_BUCKETS) break;
    if (finestKept(bucket.start, keptFrom) !== level) continue;
    starts.add(floorTo(level, bucket.start));
    events += bucket.events;
  }
  return { level, starts: ascending(starts) };
}

/** What to add up from the level below. */
export function upperBatch(level: Level, pending: readonly PendingBucket[]): Batch | undefined {
  return pending.length === 0 ? undefined : { level, starts: ascending(pending.map(({ start }) => start)) };
}

function finestKept(start: number, keptFrom: Readonly<Record<Level, number>>): Level {
  if (start >= keptFrom.minute) return 'minute';
  return start >= keptFrom.hourly ? 'hourly' : 'daily';
}

function ascending(starts: Iterable<number>): number[] {
  return [...starts].sort((left, right) => left - right);
}
