import { Pool } from 'pg';
import { until } from '../support/app-process.js';
import { API, startApp, type StartedApp } from '../support/app.js';
import { hasRedis, startRedisServer, type RedisServer } from '../support/redis.js';

const RATE_LIMIT = 20;
const STARTED_MS = 60_000;
const TICKED_MS = 60_000;
const TEST_TIMEOUT_MS = 90_000;
/** So many ticks that both had, for the same seconds: on shared queues every tick is run by one of them. */
const COMMON_TICKS = 3;

let redis: RedisServer;
let installations: readonly [StartedApp, StartedApp];
let databases: readonly [Pool, Pool];

(hasRedis ? describe : describe.skip)('two installations that share a Redis', () => {
  beforeAll(async () => {
    redis = await startRedisServer();
    const env = {
      DATABASE_URL: '',
      REDIS_URL: redis.url,
      ALERT_EVALUATION_INTERVAL_SECONDS: '1',
      RATE_LIMIT_PER_MINUTE: String(RATE_LIMIT),
    };
    installations = await Promise.all([startApp({ env }), startApp({ env })]);
    databases = [await poolOf(installations[0]), await poolOf(installations[1])];
  }, STARTED_MS);

  afterAll(async () => {
    await Promise.all(databases.map((database) => database.end()));
    await Promise.all(installations.map((app) => app.stop()));
    await redis.stop();
  }, STARTED_MS);

  it('have databases of the same name, on servers of their own', async () => {
    const [one, other] = await Promise.all(
      databases.map(async (database) => {
        const sql = 'SELECT current_database() AS name, system_identifier AS server FROM pg_control_system()';
        return (await database.query<{ name: string; server: string }>(sql)).rows[0]!;
      }),
    );
    expect(one?.name).toBe(other?.name);
    expect(one?.server).not.toBe(other?.server);
  });

  it(
    'each run the ticks of their own',
    async () => {
      let common: string[] = [];
      await until(
        async () => {
          const [some, others] = await Promise.all(databases.map(evaluatedTicks));
          common = some!.filter((tick) => others!.includes(tick));
          return common.length >= COMMON_TICKS;
        },
        TICKED_MS,
        () => `Ticks that both ran: ${common.join(', ')}`,
      );
      for (const app of installations) expect((await app.request('/metrics')).text).not.toMatch(/outcome="skipped"/);
    },
    TEST_TIMEOUT_MS,
  );

  it('do not see each other’s cached answers', async () => {
    const [one, other] = installations;
    const order = { event_type: 'order', order_id: '1', status: 'placed', currency: 'USD', total: 12.5 };
    const items = [{ product_id: 'p', quantity: 1, unit_price: 12.5 }];
    const sent = await one.request(`${API}/events`, { role: 'service', json: { events: [{ ...order, items }] } });
    expect(sent.status).toBe(202);
    expect(await ordersOf(one)).toBe(1);
    expect(await ordersOf(other)).toBe(0);
  });

  it(
    'count the requests of a user each for itself',
    async () => {
      const [one, other] = installations;
      const ask = async (app: StartedApp): Promise<number> =>
        (await app.request(`${API}/alerts/active`, { role: 'admin' })).status;
      await until(async () => (await ask(one)) === 429, TICKED_MS);
      expect(await ask(other)).toBe(200);
    },
    TEST_TIMEOUT_MS,
  );
});

async function poolOf(app: StartedApp): Promise<Pool> {
  return new Pool({ connectionString: await app.databaseUrl(), max: 1 });
}

async function evaluatedTicks(database: Pool): Promise<string[]> {
  const { rows } = await database.query<{ tick: Date }>(`SELECT tick FROM schedule_ticks WHERE name = 'evaluate'`);
  return rows.map(({ tick }) => tick.toISOString());
}

async function ordersOf(app: StartedApp): Promise<number> {
  const { body } = await app.request(`${API}/dashboard/summary?range=24h`, { role: 'admin' });
  return (body as { business: { orders: number } }).business.orders;
}
