/** Statements of the last five minutes, in ms; null without any. */
export interface LatencyPercentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

type Listener = (pool: string, ms: number) => void;

const SLOT_MS = 15_000;
const SLOTS = 20;
/** From 0.1 ms to beyond the longest statement timeout; each bound 5 % above the one before, so a percentile is too. */
const FIRST_BOUND_MS = 0.1;
const GROWTH = 1.05;
const BUCKETS = 240;
/** Rollups and retention have statements that no request would wait for. */
const NOT_COUNTED = 'analytics jobs';

/** How long the statements of this process take, over all of its connections. */
export class QueryLatency {
  private readonly slots: { startedAt: number; counts: Uint32Array }[] = [];
  private readonly listeners = new Set<Listener>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `pool` is the application name of the connection. */
  observe(pool: string, ms: number): void {
    for (const listener of this.listeners) listener(pool, ms);
    if (pool === NOT_COUNTED) return;
    const { counts } = this.currentSlot();
    const bucket = bucketOf(ms);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }

  /** Observes a statement that answers by promise, whether it succeeds or not. */
  time(pool: string, statement: Promise<unknown>): void {
    const startedAt = this.now();
    const observe = (): void => this.observe(pool, this.now() - startedAt);
    statement.then(observe, observe);
  }

  /** The parameters of a statement that answers by callback (the last one), so that it is observed. */
  timed(pool: string, parameters: readonly unknown[]): unknown[] {
    const callback = parameters.at(-1);
    if (typeof callback !== 'function') return [...parameters];
    const startedAt = this.now();
    const observed = (...results: unknown[]): unknown => {
      this.observe(pool, this.now() - startedAt);
      return (callback as (...results: unknown[]) => unknown)(...results);
    };
    return [...parameters.slice(0, -1), observed];
  }

  /** The interactive statements; jobs have a pool of their own and are left out. */
  percentiles(): LatencyPercentiles {
    this.dropOld();
    const counts = new Float64Array(BUCKETS + 1);
    for (const slot of this.slots) slot.counts.forEach((count, bucket) => (counts[bucket] = counts[bucket]! + count));
    return { p50: quantile(counts, 0.5), p95: quantile(counts, 0.95), p99: quantile(counts, 0.99) };
  }

  /** Calls `listener` for every statement; answers how to end that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private currentSlot(): { counts: Uint32Array } {
    this.dropOld();
    const latest = this.slots.at(-1);
    if (latest && this.now() - latest.startedAt < SLOT_MS) return latest;
    const slot = { startedAt: this.now(), counts: new Uint32Array(BUCKETS + 1) };
    this.slots.push(slot);
    return slot;
  }

  private dropOld(): void {
    const oldest = this.now() - SLOTS * SLOT_MS;
    while (this.slots[0] && this.slots[0].startedAt < oldest) this.slots.shift();
  }
}

/** Of this process: connections are made by pools that know nothing of injection. */
export const queryLatency = new QueryLatency();

function bucketOf(ms: number): number {
  if (ms <= FIRST_BOUND_MS) return 0;
  return Math.min(BUCKETS, Math.ceil(Math.log(ms / FIRST_BOUND_MS) / Math.log(GROWTH)));
}

function upperBound(bucket: number): number {
  return FIRST_BOUND_MS * GROWTH ** bucket;
}

/** Nearest rank, interpolated within the bucket. */
function quantile(counts: Float64Array, q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.ceil(q * total);
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (before + count < rank) {
      before += count;
      continue;
    }
    const lower = bucket === 0 ? 0 : upperBound(bucket - 1);
    return lower + ((upperBound(bucket) - lower) * (rank - before)) / count;
  }
  return null;
}
