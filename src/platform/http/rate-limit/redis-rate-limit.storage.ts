import type { OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { FailOpen } from '../../deadline/index.js';
import type { RedisClient } from '../../redis/index.js';
import { MINUTE_MS } from './rate-limiter.js';
import { toRecord } from './rate-limit.storage.js';

/**
 * {@link RateLimiter.take} where every process sees it, by the clock of Redis. Numbers leave Lua as text: as numbers they
 * would be cut to whole milliseconds. What rounding to microseconds adds up to must not refuse the last request either.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local window = tonumber(ARGV[1])
local stored = tonumber(redis.call('GET', KEYS[1]) or '0')
if stored > now + window then -- written by a clock that was ahead
  stored = now + window
  redis.call('SET', KEYS[1], string.format('%.3f', stored), 'PX', window)
end
local before = math.max(stored, now)
local full = before + window / tonumber(ARGV[2])
local wait = full - now - window
if wait >= 1 then return { string.format('%.3f', wait), string.format('%.3f', before - now) } end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now))
return { '0', string.format('%.3f', full - now) }`;

/** Buckets that all processes share. While Redis is away each process counts for itself, and nobody waits for it. */
export class RedisRateLimitStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly patience = new FailOpen('RateLimit', 'each process counts for itself');

  constructor(
    private readonly client: RedisClient,
    private readonly prefix: string,
    private readonly meanwhile: ThrottlerStorage,
  ) {}

  async increment(user: string, ...limit: Limit): ReturnType<ThrottlerStorage['increment']> {
    const [, perMinute] = limit;
    const taken = await this.patience.attempt('count a request', () => this.take(user, perMinute));
    return taken === undefined ? this.meanwhile.increment(user, ...limit) : toRecord(taken, perMinute);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.client.isOpen) await this.client.disconnect();
  }

  private async take(user: string, perMinute: number): Promise<{ waitMs: number; untilFullMs: number }> {
    const keys = [`${this.prefix}:${user}`];
    const answer = await this.client.eval(TAKE, { keys, arguments: [String(MINUTE_MS), String(perMinute)] });
    const [waitMs, untilFullMs] = answer as [string, string];
    return { waitMs: Number(waitMs), untilFullMs: Number(untilFullMs) };
  }
}

/** What the throttler hands over after the user: ttl, limit, how long to block, its own name. */
type Limit = Parameters<ThrottlerStorage['increment']> extends [string, ...infer Rest] ? Rest : never;
