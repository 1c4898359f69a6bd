import { Logger, type FactoryProvider } from '@nestjs/common';
import { createCache, memoryStore, type Store } from 'cache-manager';
import type { redisInsStore } from 'cache-manager-redis-yet';
import { AppConfig } from '../config/index.js';
import { Cache } from './cache.js';
import { FailOpenCache } from './fail-open-cache.js';

/** Entries, not bytes: what is cached are whole answers of a few KiB. */
const MEMORY_MAX_ENTRIES = 1_000;
const KEY_PREFIX = 'analytics-cache';
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_BEFORE_RECONNECT_MS = 2_000;

/** The only place that knows which store is behind the cache. */
export const cacheProvider: FactoryProvider<Cache> = {
  provide: Cache,
  inject: [AppConfig],
  useFactory: ({ redis }: AppConfig) => (redis.url ? redisCache(redis.url) : memoryCache()),
};

function memoryCache(): Cache {
  // ttl is what an entry without one of its own would get; every entry has one.
  return new FailOpenCache(createCache(memoryStore({ max: MEMORY_MAX_ENTRIES, ttl: 0 })));
}

/**
 * Does not wait for Redis: until it is there, everything is a miss. Its client is loaded here only: it would be a quarter
 * of all modules that a start without Redis loads.
 */
async function redisCache(url: string): Promise<Cache> {
  const [{ createClient }, { redisInsStore }] = await Promise.all([
    import('@redis/client'),
    import('cache-manager-redis-yet'),
  ]);
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE_BEFORE_RECONNECT_MS),
    },
  });
  const log = new Logger('Cache');
  client.on('error', (error: Error) => log.debug(`Redis: ${error.message}`)); // without a listener it would be thrown
  client.connect().catch((error: unknown) => log.debug(`Redis: ${String(error)}`));

  const store: Store = redisInsStore(client as unknown as RedisStoreClient, { keyPrefix: KEY_PREFIX });
  return new FailOpenCache(createCache(store), async () => {
    if (client.isOpen) await client.disconnect();
  });
}

/** The store's own type asks for Redis modules it does not use. */
type RedisStoreClient = Parameters<typeof redisInsStore>[0];
