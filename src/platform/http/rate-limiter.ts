const MINUTE_MS = 60_000;
/** Users tracked at once; the one that was quiet longest goes first, and starts with a full bucket again. */
const MAX_USERS = 10_000;

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

  /** Takes one request; answers 0, or for how many milliseconds there is none left. */
  take(user: string, nowMs: number): number {
    const fullAt = Math.max(this.fullAt.get(user) ?? 0, nowMs) + this.costMs;
    const waitMs = fullAt - nowMs - MINUTE_MS;
    // Rounding errors of the division must not refuse the last request of a full bucket.
    if (waitMs > 1e-6) return waitMs;
    this.fullAt.delete(user);
    this.fullAt.set(user, fullAt);
    if (this.fullAt.size > MAX_USERS) this.fullAt.delete(this.fullAt.keys().next().value as string);
    return 0;
  }
}
