import type { FactoryProvider } from '@nestjs/common';
import { createCache, memoryStore, type Store } from 'cache-manager';
import type { redisInsStore } from 'cache-manager-redis-yet';
import type { Counter } from 'prom-client';
import { AppConfig } from '../config/index.js';
import { openRedis, RedisKeys } from '../redis/index.js';
import { Cache } from './cache.js';
import { CACHE_FAILURES } from './cache.metrics.js';
import { FailOpenCache, type SharedStore } from './fail-open-cache.js';
import { RedisClaims } from './redis-claims.js';

/** Entries, not bytes: what is cached are whole answers of a few KiB. */
const MEMORY_MAX_ENTRIES = 1_000;

/** The only place that knows which store is behind the cache. */
export const cacheProvider: FactoryProvider<Cache> = {
  provide: Cache,
  inject: [AppConfig, RedisKeys, CACHE_FAILURES],
  useFactory: ({ redis }: AppConfig, keys: RedisKeys, failures: Counter) => {
    if (!redis.url) return memoryCache();
    return redisCache(redis.url, keys.prefixOf('cache'), (operation) => failures.inc({ operation }));
  },
};

function memoryCache(): Cache {
  // ttl is what an entry without one of its own would get; every entry has one.
  return new FailOpenCache(createCache(memoryStore({ max: MEMORY_MAX_ENTRIES, ttl: 0 })));
}

async function redisCache(url: string, prefix: string, onFailure: (operation: string) => void): Promise<Cache> {
  const [client, { redisInsStore }] = await Promise.all([openRedis(url, 'Cache'), import('cache-manager-redis-yet')]);
  const store: Store = redisInsStore(client as unknown as RedisStoreClient, { keyPrefix: prefix });
  const shared: SharedStore = {
    claims: new RedisClaims(client, prefix),
    close: async () => {
      if (client.isOpen) await client.disconnect();
    },
  };
  return new FailOpenCache(createCache(store), shared, onFailure);
}

/** The store's own type asks for Redis modules it does not use. */
type RedisStoreClient = Parameters<typeof redisInsStore>[0];
