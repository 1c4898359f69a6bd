import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '../../clock/index.js';
import { MINUTE_MS, RateLimiter, type Taken } from './rate-limiter.js';

/** What the throttler asks a storage for; its type is not exported. */
type StorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Buckets in the memory of this process. */
export class MemoryRateLimitStorage implements ThrottlerStorage {
  /** By the requests per minute that they allow. */
  private readonly limiters = new Map<number, RateLimiter>();

  constructor(private readonly clock: Clock) {}

  async increment(user: string, _ttlMs: number, perMinute: number): Promise<StorageRecord> {
    return toRecord(this.limiterOf(perMinute).take(user, this.clock.now().getTime()), perMinute);
  }

  private limiterOf(perMinute: number): RateLimiter {
    const limiter = this.limiters.get(perMinute) ?? new RateLimiter(perMinute);
    this.limiters.set(perMinute, limiter);
    return limiter;
  }
}

/** A bucket as the throttler's headers tell of it: a window that ends when the bucket is full again. */
export function toRecord({ waitMs, untilFullMs }: Taken, perMinute: number): StorageRecord {
  return {
    totalHits: Math.ceil((untilFullMs / MINUTE_MS) * perMinute),
    timeToExpire: Math.ceil(untilFullMs / 1000),
    isBlocked: waitMs > 0,
    timeToBlockExpire: Math.ceil(waitMs / 1000),
  };
}
