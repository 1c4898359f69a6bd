import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { StockShelf } from '../alerts/stock-shelf.js';
import { logEffectiveTicks, repeatedTicks } from '../alerts/tick-log.js';
import { until } from '../support/app-process.js';
import { API, startApp, type StartedApp } from '../support/app.js';

/** npm run soak kills for five minutes. */
const SECONDS = Number(process.env.ALERT_CRASH_SECONDS ?? 10);
const MAX_LIFE_MS = 2_500;
const COOLDOWN_SECONDS = 3;
const PRODUCTS = 8;
const MIN_KILLS = 3;
const SETTLED_MS = 60_000;
const TEST_TIMEOUT_MS = SECONDS * 1_000 + 180_000;

let api: StartedApp;
let workers: StartedApp[] = [];
let database: Pool;

beforeAll(async () => {
  const env = { ALERT_EVALUATION_INTERVAL_SECONDS: '1', RATE_LIMIT_PER_MINUTE: '0' };
  api = await startApp({ env: { ...env, APP_ROLE: 'api' } });
  const worker = { ...env, APP_ROLE: 'worker', DATABASE_URL: await api.databaseUrl() };
  workers = await Promise.all([startApp({ env: worker }), startApp({ env: worker })]);
  database = new Pool({ connectionString: worker.DATABASE_URL, max: 4 });
  await logEffectiveTicks(database);
}, 120_000);

afterAll(async () => {
  await database.end();
  await Promise.all(workers.map((worker) => worker.stop()));
  await api.stop();
}, 120_000);

const ask = async <Row extends object>(sql: string): Promise<Row[]> => (await database.query<Row>(sql)).rows;

/** Ends one of the two at random moments, and starts it again: until the time is over, and at least three times. */
async function killAgainAndAgain(victim: StartedApp): Promise<void> {
  const end = Date.now() + SECONDS * 1_000;
  for (let kills = 0; Date.now() < end || kills < MIN_KILLS; kills++) {
    await sleep(Math.random() * MAX_LIFE_MS);
    await victim.kill9();
    await victim.startAgain();
  }
}

it.each([
  'events.seconds_since_last',
  'database.pool_utilization',
  'database.query_latency_p95',
  'queue.waiting',
  'queue.failed',
])('knows %s, which no event tells, from its ticks', async (metric) => {
  const event = { event_type: 'error', name: 'Timeout', message: '' };
  await api.request(`${API}/events`, { role: 'service', json: { events: [event] } });
  const values = async (): Promise<(number | null)[]> => {
    const [to, from] = [Date.now(), Date.now() - 60_000].map((ms) => new Date(ms).toISOString());
    const rule = { name: 'x', metric, condition: 'threshold_above', threshold: 1, severity: 'info' };
    const json = { ...rule, window_seconds: 60, from, to };
    const { body } = await api.request(`${API}/alerts/configs/preview`, { role: 'admin', json });
    return body.series.flatMap(({ points }: { points: { value: number | null }[] }) =>
      points.map(({ value }) => value),
    );
  };
  await until(
    async () => (await values()).some((value) => value !== null && value >= 0),
    SETTLED_MS,
    () => `${metric} is not sampled.`,
  );
});

it('tells Prometheus of ticks, rules, reads and transitions', async () => {
  const texts = async (): Promise<string> =>
    (await Promise.all(workers.map((worker) => worker.request('/metrics')))).map(({ text }) => text).join('');
  await until(async () => /^alert_tick_duration_seconds_count [1-9]/m.test(await texts()), SETTLED_MS);
  for (const name of ['rules_evaluated', 'metric_reads', 'ticks_skipped']) {
    expect(await texts()).toMatch(new RegExp(`^alert_${name}_total \\d`, 'm'));
  }
});

it(
  'loses and doubles no episode, and keeps cooldowns, while one of two workers is killed again and again',
  async () => {
    const { status } = await api.request(`${API}/alerts/configs`, {
      role: 'admin',
      json: {
        name: 'Sold out',
        metric: 'business.inventory',
        condition: 'threshold_below',
        threshold: 5,
        group_by: 'product',
        severity: 'warning',
        cooldown_seconds: COOLDOWN_SECONDS,
      },
    });
    expect(status).toBe(201);
    let isOver = false;
    const shelves = Array.from({ length: PRODUCTS }, (_, index) => new StockShelf(`p${index}`, api, database));
    await Promise.all([
      killAgainAndAgain(workers[1]!).finally(() => (isOver = true)),
      ...shelves.map((shelf) => shelf.runOutAndFillUp(() => isOver)),
    ]);
    await expectEachEpisodeOnce(shelves);
    await expectEachTickOnce();
    await expectCooldownsKept();
    await expectEveryNoticeGone();
  },
  TEST_TIMEOUT_MS,
);

async function expectEachEpisodeOnce(shelves: readonly StockShelf[]): Promise<void> {
  const episodes = await ask<{ product: string; episodes: number }>(
    `SELECT group_value AS product, count(*)::int AS episodes FROM alert_history
      WHERE status = 'resolved' AND resolved_by = 'auto' GROUP BY 1 ORDER BY 1`,
  );
  expect(episodes).toEqual(shelves.map(({ product, shortages }) => ({ product, episodes: shortages })));
  expect(await ask(`SELECT FROM alert_history WHERE status <> 'resolved' OR resolved_at <= triggered_at`)).toEqual([]);
  const total = shelves.reduce((sum, { shortages }) => sum + shortages, 0);
  const once = [
    { state: 'firing', alerts: total, times: total },
    { state: 'resolved', alerts: total, times: total },
  ];
  const counted = 'state, count(DISTINCT alert_id)::int AS alerts, count(*)::int AS times';
  expect(await ask(`SELECT ${counted} FROM alert_transitions WHERE state <> 'notified' GROUP BY 1 ORDER BY 1`)).toEqual(
    once,
  );
  expect(await ask(`SELECT ${counted} FROM analytics_events WHERE event_type = 'alert' GROUP BY 1 ORDER BY 1`)).toEqual(
    once,
  );
}

async function expectEachTickOnce(): Promise<void> {
  expect(await repeatedTicks(database)).toEqual([]);
  const [{ decided } = { decided: 0 }] = await ask<{ decided: number }>(
    `SELECT count(*)::int AS decided FROM alert_transitions WHERE at NOT IN (SELECT tick FROM effective_ticks)`,
  );
  expect(decided).toBe(0);
}

/** One firing notice that is sent at most for each episode, and none sooner after another than the cooldown allows. */
async function expectCooldownsKept(): Promise<void> {
  const sent = `SELECT n.alert_id, h.group_value, n.detected_at FROM notification_notices n JOIN alert_history h ON h.id = n.alert_id
    WHERE n.kind = 'firing' AND EXISTS (SELECT FROM notification_deliveries d WHERE d.notice_id = n.id AND d.status <> 'skipped')`;
  expect(await ask(`SELECT alert_id FROM (${sent}) s GROUP BY 1 HAVING count(*) > 1`)).toEqual([]);
  const gaps = `SELECT detected_at - lag(detected_at) OVER (PARTITION BY group_value ORDER BY detected_at) AS gap FROM (${sent}) s`;
  expect(await ask(`SELECT gap FROM (${gaps}) g WHERE gap < interval '${COOLDOWN_SECONDS} seconds'`)).toEqual([]);
  const [muted] = await ask<{ count: number }>(
    `SELECT count(*)::int FROM notification_deliveries WHERE status = 'skipped' AND reason = 'cooldown'`,
  );
  expect(muted?.count).toBeGreaterThan(0);
  const unheard = await ask(
    `SELECT id FROM alert_history h WHERE NOT EXISTS (SELECT FROM notification_notices n WHERE n.alert_id = h.id AND n.kind = 'firing')`,
  );
  expect(unheard).toEqual([]);
}

async function expectEveryNoticeGone(): Promise<void> {
  await until(
    async () => (await ask(`SELECT FROM notification_deliveries WHERE status = 'pending'`)).length === 0,
    SETTLED_MS,
    () => 'Some deliveries never left.',
  );
}
