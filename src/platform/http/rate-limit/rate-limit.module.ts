import { ThrottlerModule, type ThrottlerModuleOptions, type ThrottlerStorage } from '@nestjs/throttler';
import { Clock } from '../../clock/index.js';
import { AppConfig } from '../../config/index.js';
import { openRedis, RedisKeys } from '../../redis/index.js';
import { MINUTE_MS } from './rate-limiter.js';
import { MemoryRateLimitStorage } from './rate-limit.storage.js';
import { RedisRateLimitStorage } from './redis-rate-limit.storage.js';

/** The throttler's options and storage; the guard that uses them stands among the global ones. */
export const rateLimitModule = ThrottlerModule.forRootAsync({
  inject: [AppConfig, Clock, RedisKeys],
  useFactory: async (config: AppConfig, clock: Clock, keys: RedisKeys): Promise<ThrottlerModuleOptions> => {
    const perMinute = config.http.rateLimitPerMinute;
    return {
      throttlers: [{ limit: perMinute, ttl: MINUTE_MS, skipIf: () => perMinute === 0 }],
      storage: await openStorage(config, clock, keys),
    };
  },
});

async function openStorage({ http, redis }: AppConfig, clock: Clock, keys: RedisKeys): Promise<ThrottlerStorage> {
  const memory = new MemoryRateLimitStorage(clock);
  if (redis.url === undefined || http.rateLimitPerMinute === 0) return memory;
  return new RedisRateLimitStorage(await openRedis(redis.url, 'RateLimit'), keys.prefixOf('rate-limit'), memory);
}
