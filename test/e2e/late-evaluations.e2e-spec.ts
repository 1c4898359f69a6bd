import { readFileSync } from 'node:fs';
import pg from 'pg';
import { until } from '../support/app-process.js';
import { API, startApp, type StartedApp } from '../support/app.js';

const RULE = 'Alerts are late';
const SHOWN = /alerts\.late_evaluations is \d+ evaluations? \(threshold 0 evaluations\)/;

interface Alert {
  readonly config_name: string;
  readonly value: number;
}

let app: StartedApp;
let database: pg.Client;

beforeAll(async () => {
  app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '3' } });
  database = new pg.Client({ connectionString: await app.databaseUrl() });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await app?.stop();
});

const get = async (path: string) => (await app.request(`${API}${path}`, { role: 'admin' })).body;
const alertsOfRule = async (): Promise<Alert[]> =>
  ((await get('/alerts/active')).items as Alert[]).filter(({ config_name: name }) => name === RULE);
const evaluations = async (): Promise<string> => (await get('/health/overview')).components.alerts.detail;
const inbox = async () => (await get('/notifications')).items as { title: string; body: string }[];
const lastTick = async (): Promise<number> =>
  (await database.query<{ last: number }>('SELECT extract(epoch FROM last_tick)::float8 AS last FROM alert_engine'))
    .rows[0]!.last;

/** No tick can take effect while `work` runs. */
async function withoutTicks(work: () => Promise<void>): Promise<void> {
  await database.query('BEGIN');
  await database.query('SELECT 1 FROM alert_engine FOR UPDATE');
  try {
    await work();
  } finally {
    await database.query('ROLLBACK');
  }
}

it('the starter rule on late evaluations is quiet while they are in time, and fires once they are late', async () => {
  const starter = JSON.parse(readFileSync('ops/alert-configs.json', 'utf8')) as { configs: { name: string }[] };
  const configs = starter.configs.filter(({ name }) => name === RULE);
  const imported = await app.request(`${API}/alerts/configs/import`, { role: 'admin', json: { schema: 1, configs } });
  expect([imported.status, configs.length]).toEqual([200, 1]);

  const start = await lastTick();
  await until(
    async () => (await lastTick()) > Math.max(start, 0) + 6,
    45_000,
    () => 'No ticks take effect.',
  );
  expect([await evaluations(), await alertsOfRule()]).toEqual([expect.stringMatching(/^None late or failed/), []]);

  await withoutTicks(() =>
    until(
      async () => / missing\./.test(await evaluations()),
      45_000,
      () => 'The overview does not show that ticks are missing.',
    ),
  );
  let alerts: Alert[] = [];
  await until(
    async () => (alerts = await alertsOfRule()).length > 0,
    45_000,
    () => `The rule did not fire.\n${app.logs().slice(-5_000)}`,
  );
  expect(alerts).toEqual([
    expect.objectContaining({ metric: 'alerts.late_evaluations', threshold: 0, severity: 'warning', group: null }),
  ]);
  expect(alerts[0]!.value).toBeGreaterThanOrEqual(1);
  expect(await evaluations()).toMatch(/^In 10 min: .*(late|skipped|missing)/);
  await until(
    async () => (await inbox()).some(({ title, body }) => title.includes(`Firing: ${RULE}`) && SHOWN.test(body)),
    45_000,
    () => 'The notice does not come into the inbox.',
  );
}, 180_000);
