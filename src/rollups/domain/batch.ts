import { finer, floorTo, LEVELS, type KeptFrom, type Level } from '../../metrics/index.js';

/** A bucket that waits to be rewritten, and how many events were announced for it. */
export interface PendingBucket {
  readonly start: number;
  readonly events: number;
  /** Whether its marks name every event that they announce. */
  readonly named?: boolean;
}

/** Buckets that one transaction rewrites. */
export interface Batch {
  readonly level: Level;
  /** Epoch milliseconds, ascending. */
  readonly starts: readonly number[];
  /**
   * What they are added up from: raw events, or the rollups of the level below; or nothing is added up again, but the late
   * events that the marks name are added to what is there.
   */
  readonly source: 'raw' | 'below' | 'late';
  /** Levels whose marks inside the buckets are done with. */
  readonly settles: readonly Level[];
  /** True when it holds everything that was pending. */
  readonly complete: boolean;
}

/** From where on a level is trusted by those who read it, and still kept up by those who write it. */
export interface Borders {
  readonly read: KeptFrom;
  readonly written: KeptFrom;
  /** Set for samples, which have no raw events behind them: minutes are all there is, and are kept until they are added up. */
  readonly sampled?: boolean;
}

/** Weeks are always added up from days, which are kept as long. */
const FROM_RAW: readonly Level[] = ['minute', 'hourly', 'daily'];
/** Keeps a transaction, and what it holds in memory, small. */
const MAX_EVENTS = 500_000;
/** Each is fetched by its key and changes a row of its own: of a minute with more, all are read again. */
const MAX_LATE_EVENTS = 20_000;
const MAX_BUCKETS: Record<Level, number> = { minute: 1_440, hourly: 240, daily: 31, weekly: 2 };

/**
 * What to rewrite for marks of a level. The first mark decides which level and from what; the others join if they agree,
 * while the batch stays small.
 */
export function nextBatch(marked: Level, pending: readonly PendingBucket[], borders: Borders): Batch | undefined {
  const [first] = pending;
  if (!first) return undefined;
  const plan = planOf(marked, first, borders);
  const maxEvents = plan.source === 'late' ? MAX_LATE_EVENTS : MAX_EVENTS;
  const starts = new Set<number>();
  let [taken, events] = [0, 0];
  for (const bucket of pending) {
    if (events > maxEvents || starts.size >= MAX_BUCKETS[plan.level]) break;
    const own = planOf(marked, bucket, borders);
    if (own.level !== plan.level || own.source !== plan.source) continue;
    starts.add(floorTo(plan.level, bucket.start));
    events += bucket.events;
    taken++;
  }
  const complete = taken === pending.length;
  const settles = LEVELS.slice(LEVELS.indexOf(marked), LEVELS.indexOf(plan.level) + 1);
  return { ...plan, starts: [...starts].sort((left, right) => left - right), settles, complete };
}

/**
 * A marked minute is rewritten on the finest level that is still kept up. What lies above is added up from the level
 * below as long as readers trust that one, which ends before its upkeep does; after that it may lack late events.
 */
function planOf(
  marked: Level,
  { start, events, named }: PendingBucket,
  { read, written, sampled }: Borders,
): Pick<Batch, 'level' | 'source'> {
  const below = finer(marked);
  if (!below) {
    const level = FROM_RAW.find((candidate) => start >= written[candidate]) ?? 'daily';
    return { level, source: named && level === 'minute' && events <= MAX_LATE_EVENTS ? 'late' : 'raw' };
  }
  return { level: marked, source: marked === 'weekly' || sampled || start >= read[below] ? 'below' : 'raw' };
}
