export const MINUTE_MS = 60_000;
/** Users tracked at once; the one that was quiet longest goes first, and starts with a full bucket again. */
const MAX_USERS = 10_000;
/** Rounding errors of the division must not refuse the last request of a full bucket. */
const ROUNDING_MS = 1e-6;

/** What taking one request out of a bucket came to. */
export interface Taken {
  /** For how long there is nothing left to take; 0: the request may pass. */
  readonly waitMs: number;
  /** Until the bucket is full again. */
  readonly untilFullMs: number;
}

/**
 * A bucket per user that holds a minute's requests and refills evenly. Kept as one number, the time at which the bucket
 * would be full again (the generic cell rate algorithm).
 */
export class RateLimiter {
  private readonly fullAt = new Map<string, number>();
  private readonly costMs: number;

  constructor(perMinute: number) {
    this.costMs = MINUTE_MS / perMinute;
  }

  take(user: string, nowMs: number): Taken {
    const before = Math.max(this.fullAtOf(user, nowMs), nowMs);
    const fullAt = before + this.costMs;
    const waitMs = fullAt - nowMs - MINUTE_MS;
    if (waitMs > ROUNDING_MS) return { waitMs, untilFullMs: before - nowMs };
    this.fullAt.delete(user);
    this.fullAt.set(user, fullAt);
    if (this.fullAt.size > MAX_USERS) this.fullAt.delete(this.fullAt.keys().next().value as string);
    return { waitMs: 0, untilFullMs: fullAt - nowMs };
  }

  /** A time at which not even an empty bucket would be full again was written by a clock that was ahead. */
  private fullAtOf(user: string, nowMs: number): number {
    const fullAt = this.fullAt.get(user) ?? 0;
    if (fullAt <= nowMs + MINUTE_MS) return fullAt;
    this.fullAt.set(user, nowMs + MINUTE_MS);
    return nowMs + MINUTE_MS;
  }
}
