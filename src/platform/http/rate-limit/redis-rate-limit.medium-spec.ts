import { Logger } from '@nestjs/common';
import { until } from '../../../../test/support/app-process.js';
import { hasRedis, openTestRedis, startRedisServer, type TestRedis } from '../../../../test/support/redis.js';
import { SystemClock } from '../../clock/index.js';
import { openRedis } from '../../redis/index.js';
import { MemoryRateLimitStorage } from './rate-limit.storage.js';
import { RedisRateLimitStorage } from './redis-rate-limit.storage.js';

const PER_MINUTE = 7;
const MINUTE_MS = 60_000;
/** What a request may lose to a dead Redis. */
const DELAY_BUDGET_MS = 100;

const opened: RedisRateLimitStorage[] = [];

async function openStorage(url: string, prefix = 'test-rate-limit'): Promise<RedisRateLimitStorage> {
  const client = await openRedis(url, 'RateLimit');
  const storage = new RedisRateLimitStorage(client, prefix, new MemoryRateLimitStorage(new SystemClock()));
  opened.push(storage);
  return storage;
}

const take = (storage: RedisRateLimitStorage, user: string) =>
  storage.increment(user, MINUTE_MS, PER_MINUTE, MINUTE_MS, 'default');

beforeAll(() => Logger.overrideLogger(false));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((storage) => storage.onApplicationShutdown()));
});

(hasRedis ? describe : describe.skip)('the rate limit on Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => (redis = await openTestRedis()));
  afterAll(async () => {
    await redis.deleteKeys('test-rate-limit');
    await redis.stop();
  });

  /** Two processes that are connected: until they are, each counts for itself, which is another test. */
  const openTwo = async (prefix?: string): Promise<[RedisRateLimitStorage, RedisRateLimitStorage]> => {
    const [one, two] = [await openStorage(redis.url, prefix), await openStorage(redis.url, prefix)];
    await until(async () => {
      const other = `ann-${Math.random()}`;
      await take(one, other);
      return (await take(two, other)).totalHits === 2;
    }, 5_000);
    return [one, two];
  };

  it('lets a user through again within a minute after a clock that was ahead is put right', async () => {
    const [storage] = await openTwo();
    const user = `ann-${Math.random()}`;
    const client = await openRedis(redis.url, 'RateLimit');
    await until(() => client.isReady, 5_000);
    await client.set(`test-rate-limit:${user}`, String(Date.now() + 40 * 86_400_000));
    await client.disconnect();
    const { timeToBlockExpire } = await take(storage, user);
    expect(timeToBlockExpire).toBeLessThanOrEqual(Math.ceil(60 / PER_MINUTE));
    await until(async () => !(await take(storage, user)).isBlocked, 15_000);
  });

  it('counts a user’s requests over all processes, and lets the whole minute through', async () => {
    const user = `ann-${Math.random()}`;
    const [one, two] = await openTwo();
    for (let i = 1; i <= PER_MINUTE; i++) {
      expect(await take(i % 2 ? one : two, user)).toMatchObject({ totalHits: i, isBlocked: false });
    }
    for (const storage of [one, two]) {
      const refused = await take(storage, user);
      expect(refused.isBlocked).toBe(true);
      expect(refused.timeToBlockExpire).toBeGreaterThan(0);
      expect(refused.timeToBlockExpire).toBeLessThanOrEqual(Math.ceil(60 / PER_MINUTE));
    }
    expect((await take(one, `${user}-b`)).isBlocked).toBe(false);
  });

  it('counts for each installation by itself', async () => {
    const user = `ann-${Math.random()}`;
    const [[one], [other]] = [await openTwo(), await openTwo('test-rate-limit-other')];
    await take(one, user);
    expect(await take(other, user)).toMatchObject({ totalHits: 1 });
  });

  it('refuses nobody because Redis is away, goes on counting by itself, and comes back', async () => {
    const server = await startRedisServer();
    const storage = await openStorage(server.url);
    await server.stop();
    for (let i = 1; i <= PER_MINUTE; i++) {
      const startedAt = performance.now();
      expect((await take(storage, 'ann')).isBlocked).toBe(false);
      expect(performance.now() - startedAt).toBeLessThan(DELAY_BUDGET_MS);
    }
    expect((await take(storage, 'ann')).isBlocked).toBe(true);

    const back = await startRedisServer(server.port);
    // What was counted meanwhile is forgotten with the process's own count.
    await until(async () => !(await take(storage, 'ann')).isBlocked, 15_000);
    await back.stop();
  });
});
