import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { until } from '../../../test/support/app-process.js';
import { hasRedis, startRedisServer, type RedisServer } from '../../../test/support/redis.js';
import { RedisKeys } from '../redis/index.js';
import type { Cache } from './cache.js';
import { cacheProvider } from './cache.provider.js';
import type { FailOpenCache } from './fail-open-cache.js';

/** What an answer may lose to a dead cache. */
const DELAY_BUDGET_MS = 100;

const opened: FailOpenCache[] = [];
const servers: RedisServer[] = [];
const failures = new Counter({ name: 'failures', help: 'Of the cache.', labelNames: ['operation'], registers: [] });

async function openCache(url?: string, database = 'shop'): Promise<Cache> {
  const cache = (await cacheProvider.useFactory(
    { redis: { url } },
    new RedisKeys(database),
    failures,
  )) as FailOpenCache;
  opened.push(cache);
  return cache;
}

async function startRedis(port?: number): Promise<RedisServer> {
  const server = await startRedisServer(port);
  servers.push(server);
  return server;
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = performance.now();
  const result = await work;
  return { result, ms: performance.now() - startedAt };
}

beforeAll(() => Logger.overrideLogger(false));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.onApplicationShutdown()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

it('keeps answers in memory when no Redis is configured', async () => {
  const cache = await openCache();
  await cache.set('overview', { orders: 3 }, 60_000);
  await expect(cache.get('overview')).resolves.toEqual({ orders: 3 });
  await cache.delete('overview');
  await expect(cache.get('overview')).resolves.toBeUndefined();
});

it('forgets an answer after its time', async () => {
  const cache = await openCache();
  await cache.set('overview', 1, 50);
  await until(async () => (await cache.get('overview')) === undefined, 2_000);
});

it('is a miss, at once, while nothing listens where Redis should be', async () => {
  const cache = await openCache('redis://127.0.0.1:1');
  const { result, ms } = await timed(cache.get('overview'));
  expect(result).toBeUndefined();
  expect(ms).toBeLessThan(DELAY_BUDGET_MS);
  expect((await failures.get()).values).toEqual([{ labels: { operation: 'read' }, value: 1 }]);
});

it('is a miss within 100 ms while Redis accepts connections but does not answer', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await until(() => silent.listening, 2_000);
  const cache = await openCache(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  await until(() => sockets.length > 0, 2_000);
  for (const work of [() => cache.get('overview'), () => cache.set('overview', 1, 1_000)]) {
    expect((await timed(work())).ms).toBeLessThan(DELAY_BUDGET_MS);
  }
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => silent.close(resolve));
});

(hasRedis ? it : it.skip)('survives Redis: misses while it is away, and is of use again afterwards', async () => {
  const server = await startRedis();
  const cache = await openCache(server.url);
  const works = async (): Promise<boolean> => {
    await cache.set('overview', { orders: 3 }, 60_000);
    return (await cache.get('overview')) !== undefined;
  };
  await until(works, 5_000);

  await server.stop();
  for (let time = 0; time < 20; time += 1) {
    const { result, ms } = await timed(cache.get('overview'));
    expect(result).toBeUndefined();
    expect(ms).toBeLessThan(DELAY_BUDGET_MS);
  }

  await startRedis(server.port);
  await until(works, 15_000);
});

it('lets everybody do the work where nothing is shared', async () => {
  const cache = await openCache();
  expect([await cache.claim('work', 1_000), await cache.claim('work', 1_000)]).not.toContain(undefined);
});

(hasRedis ? it : it.skip)(
  'lets one of two processes claim work, until it is released or its time is over',
  async () => {
    const server = await startRedis();
    const [one, two] = [await openCache(server.url), await openCache(server.url)];
    await until(async () => {
      await one.set('ready', 1, 1_000);
      return (await two.get('ready')) !== undefined;
    }, 5_000);
    const first = await one.claim('work', 60_000);
    expect([first === undefined, await two.claim('work', 60_000)]).toEqual([false, undefined]);
    const lasting = await one.claim('more work', 500);
    for (let time = 0; time < 6; time++) {
      await sleep(100);
      await lasting?.renew();
    }
    expect(await two.claim('more work', 500)).toBeUndefined();
    await one.delete('work'); // as if Redis had forgotten it
    await first?.renew();
    expect(await two.claim('work', 60_000)).toBeUndefined();
    await first?.release();
    const second = await two.claim('work', 50);
    expect(second).toBeDefined();
    await until(async () => (await one.claim('work', 60_000)) !== undefined, 2_000);
    // It is somebody else's now.
    await second?.renew();
    await second?.release();
    expect(await two.claim('work', 60_000)).toBeUndefined();
  },
);

(hasRedis ? it : it.skip)('keeps applications with different databases apart in one Redis', async () => {
  const server = await startRedis();
  const [shop, other] = [await openCache(server.url, 'shop'), await openCache(server.url, 'other')];
  for (const cache of [shop, other]) {
    await until(async () => {
      await cache.set('ready', 1, 1_000);
      return (await cache.get('ready')) !== undefined;
    }, 5_000);
  }
  await shop.set('overview', { orders: 3 }, 60_000);
  await expect(other.get('overview')).resolves.toBeUndefined();
  expect([await shop.claim('work', 60_000), await other.claim('work', 60_000)]).not.toContain(undefined);
});
