import pg from 'pg';
import { aRule } from '../alerts/sent-rules.js';
import { AppProcess, until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';
import { canMoveClocks, clockAhead } from '../support/moved-clock.js';

const MINUTE_MS = 60_000;

let app: StartedApp;
/** The one that was started last. */
let worker: AppProcess | undefined;
const workers: AppProcess[] = [];

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}${path}`, { role: 'admin', ...request });

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: await app.databaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function startWorker(secondsAhead?: number): Promise<AppProcess> {
  const started = new AppProcess('src/main.js', {
    ...{ APP_ROLE: 'worker', PORT: '0', DATA_DIR: app.dataDir, ALERT_EVALUATION_INTERVAL_SECONDS: '1' },
    ...{ DATABASE_URL: await app.databaseUrl(), REDIS_URL: process.env.REDIS_URL },
    ...(secondsAhead !== undefined && clockAhead(secondsAhead)),
  });
  worker = started;
  workers.push(started);
  return started;
}

async function stopWorkers(): Promise<void> {
  const running = workers.splice(0);
  for (const one of running) one.signal('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
  worker = undefined;
}

/** Makes a rule and an event that it fires on; answers when it fired. */
async function fires(name: string): Promise<number> {
  const { id } = (await send('/alerts/configs', { json: aRule({ name, filters: { service: name }, threshold: 0 }) }))
    .body;
  const event = { event_type: 'error', name: 'Timeout', message: '', service: name };
  await app.request(`${API}/events`, { role: 'service', json: { events: [event] } });
  let triggeredAt: string | undefined;
  await until(
    async () => {
      triggeredAt = (await send(`/alerts/history?config_id=${id}`)).body.items[0]?.triggered_at;
      return triggeredAt !== undefined;
    },
    30_000,
    () => `The rule did not fire.\n${worker?.output.slice(-5_000)}`,
  );
  return Date.parse(triggeredAt!);
}

const alertsComponent = async (): Promise<{ status: string; detail: string }> =>
  (await send('/health/overview')).body.components.alerts;
const isShown = (text: string): Promise<void> =>
  until(
    async () => (await alertsComponent()).detail.includes(text),
    15_000,
    () => `/health/overview does not show "${text}".`,
  );

beforeAll(async () => {
  app = await startApp({ env: { APP_ROLE: 'api', ALERT_EVALUATION_INTERVAL_SECONDS: '1' } });
});
afterEach(stopWorkers);
afterAll(() => app.stop());

const AHEAD = [
  ['40 days', 40 * 86_400],
  ['300 seconds', 300],
] as const;

(canMoveClocks ? describe : describe.skip).each(AHEAD)('a worker whose clock is wrong by %s', (name, seconds) => {
  it('evaluates what is due by the clock of the database, and is named in the overview and in its log', async () => {
    await startWorker(seconds);
    expect(Math.abs((await fires(`ahead ${name}`)) - Date.now())).toBeLessThan(MINUTE_MS);
    const [{ future }] = (await query<{ future: number }>(
      `SELECT (SELECT count(*) FROM alert_engine WHERE last_tick > now() + interval '2 seconds')::int
            + (SELECT count(*) FROM schedule_ticks WHERE tick > now() + interval '2 seconds')::int AS future`,
    )) as [{ future: number }];
    expect(future).toBe(0);
    await isShown(`the clock of process`);
    expect((await alertsComponent()).detail).toContain("ahead of the database's");
    expect(worker?.output).toContain("ahead of the database's");
  }, 120_000);
});

(canMoveClocks ? it : it.skip)(
  'beside one whose clock is right evaluates every tick once',
  async () => {
    const wrong = await startWorker(300);
    const right = await startWorker();
    await fires('two clocks');
    const from = new Date();
    await until(() => Date.now() > from.getTime() + 5_000, 10_000);
    const ticks = await query<{ tick: Date }>(`SELECT tick FROM schedule_ticks WHERE name = 'evaluate' ORDER BY tick`);
    const since = ticks.filter(({ tick }) => tick >= from);
    expect(since.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...since.map(({ tick }) => tick.getTime()))).toBeLessThan(Date.now() + 2_000);
    wrong.signal('SIGTERM');
    await wrong.ended;
    expect(right.isRunning).toBe(true);
  },
  120_000,
);

describe.each(AHEAD.map(([name]) => name))('what a clock left behind that was %s ahead', (ahead) => {
  it('keeps nothing from being evaluated, and is shown', async () => {
    await startWorker();
    await fires(`before ${ahead}`);
    await stopWorkers();
    await query(`UPDATE alert_engine SET last_tick = date_trunc('second', now()) + interval '${ahead}'`);
    await query(
      `INSERT INTO schedule_ticks (name, tick, queued_at)
       SELECT 'evaluate', date_trunc('second', now()) + make_interval(secs => second), now() FROM generate_series(5, 60) second
       ON CONFLICT DO NOTHING`,
    );
    await startWorker();
    expect(Math.abs((await fires(`after ${ahead}`)) - Date.now())).toBeLessThan(MINUTE_MS);
    expect(worker?.output).toContain('Took back a tick in the future');
    await isShown('was taken back');
    expect((await alertsComponent()).status).toBe('degraded');
  }, 120_000);
});
