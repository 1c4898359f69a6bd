import pg from 'pg';
import { API, startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';

const TIMEOUT_MS = 60_000;
const SUMMARY = `${API}/dashboard/summary`;

let app: StartedApp;

beforeAll(async () => {
  app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '1' } });
}, TIMEOUT_MS);
afterAll(async () => {
  await app.stop();
}, TIMEOUT_MS);

interface Body {
  system_health?: { status: string };
  ml_pipelines?: { jobs: number };
  business?: { orders: number };
  active_alerts?: { total: number; items: { id: string; status: string }[] };
  meta: { sections: Record<string, { status: string; generated_at: string | null; cached: boolean; error?: string }> };
  errors?: { path: string }[];
}

async function summary(query = '', role = 'admin', headers: Record<string, string> = {}) {
  const answer = await app.request(`${SUMMARY}${query}`, { role, headers });
  return { ...answer, body: answer.body as Body };
}

/** But those of the framing, which depend on how the bytes were compressed. */
function namesOf(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name !== 'transfer-encoding' && name !== 'content-length').sort();
}

async function withDatabase(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: await app.databaseUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

it('answers the bodies of the overviews side by side to an admin', async () => {
  const { status, body, headers } = await summary();
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['system_health', 'ml_pipelines', 'business', 'active_alerts', 'meta']);
  const overview = await app.request(`${API}/business/overview`, { role: 'admin' });
  const { meta: _meta, ...figures } = overview.body as Record<string, unknown>;
  expect(body.business).toMatchObject(figures);
  expect(Object.keys(body.meta.sections)).toEqual(['health', 'ml', 'business', 'alerts']);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('private, no-cache');
  expect(headers.get('vary')).toContain('Authorization');
});

it('shows a business_viewer the business section, and refuses others by name', async () => {
  expect(Object.keys((await summary('', 'business_viewer')).body)).toEqual(['business', 'meta']);
  expect((await summary('?sections=business', 'business_viewer')).status).toBe(200);
  expect((await summary('?sections=business,health', 'business_viewer')).status).toBe(403);
  expect((await summary('', 'service')).status).toBe(403);
  expect((await app.request(SUMMARY)).status).toBe(401);
});

it.each([
  ['?sections=weather', 'sections'],
  ['?sections=', 'sections'],
  ['?range=8d', 'range'],
  ['?from=', 'from'],
  ['?sections=alerts&from=yesterday', 'from'],
  ['?sections=alerts&from=2026-11-01T00:00:00Z&to=2026-13-01', 'to'],
  ['?colour=red', 'colour'],
])('refuses %s, naming %s', async (query, path) => {
  const { status, body } = await summary(query);
  expect(status).toBe(400);
  expect(body.errors?.[0]?.path).toContain(path);
});

it('answers from the cache, and 304 while the figures hold', async () => {
  const first = await summary('?sections=business&range=7d');
  const second = await summary('?sections=business,business&range=7d');
  expect(second.body.meta.sections['business']).toMatchObject({ status: 'ok', cached: true });
  const tag = first.headers.get('etag') ?? '';
  expect(second.headers.get('etag')).toBe(tag);
  const third = await summary('?sections=business&range=7d', 'admin', { 'if-none-match': `"x", ${tag}` });
  expect([third.status, third.text, third.headers.get('etag')]).toEqual([304, '', tag]);
  expect((await summary('?sections=business&range=7d', 'admin', { 'if-none-match': '"x"' })).status).toBe(200);
  expect((await summary('?sections=alerts')).headers.get('etag')).not.toBe(tag);
});

it('counts, names and refuses what it answers at hand as it does the rest', async () => {
  const query = '?sections=business&range=24h';
  const began = performance.now();
  const first = await summary(query);
  const again = await summary(query, 'admin', { 'x-correlation-id': 'again-1' });
  // 1,200 a minute: one comes back every 50 ms.
  const refilled = Math.ceil((performance.now() - began) / 50);
  const left = (answer: typeof first): number => Number(answer.headers.get('x-ratelimit-remaining'));
  expect(left(again)).toBeLessThanOrEqual(left(first) - 1 + refilled);
  expect(Number(again.headers.get('x-ratelimit-limit'))).toBe(1_200);
  expect(again.headers.get('x-correlation-id')).toBe('again-1');
  expect(namesOf(again.headers)).toEqual(namesOf(first.headers));
  expect(again.body.business).toEqual(first.body.business);
  expect((await summary(query, 'service')).status).toBe(403);
  expect((await app.request(`${SUMMARY}${query}`)).status).toBe(401);
  const json = { headers: { 'content-type': 'application/json' }, method: 'POST', role: 'admin', body: '{}' };
  expect((await app.request(`${SUMMARY}${query}`, json)).status).toBe(405);
});

it('tells of a section that fails or is slow, and answers the others', async () => {
  await withDatabase(async (client) => {
    await client.query('ALTER TABLE ml_pricing RENAME TO ml_pricing_away');
    const failing = await summary('?range=1h').finally(() =>
      client.query('ALTER TABLE ml_pricing_away RENAME TO ml_pricing'),
    );
    expect(failing.status).toBe(200);
    expect(failing.body.ml_pipelines).toBeUndefined();
    expect(failing.body.business).toBeDefined();
    expect(failing.body.meta.sections['ml']).toEqual({
      status: 'error',
      generated_at: null,
      cached: false,
      error: expect.not.stringContaining('ml_pricing'),
    });
    await client.query('BEGIN; LOCK TABLE ml_pricing IN ACCESS EXCLUSIVE MODE');
    const startedAt = performance.now();
    const slow = await summary('?range=30d').finally(() => client.query('ROLLBACK'));
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(slow.body.meta.sections['ml']).toMatchObject({ status: 'error', error: 'It took longer than 4000 ms.' });
    expect(slow.body.meta.sections['business']).toMatchObject({ status: 'ok' });
  });
});

it(
  'shows an alert when it fires and drops it when it is acknowledged',
  async () => {
    const active = async () => (await summary('?sections=alerts')).body.active_alerts;
    expect(await active()).toMatchObject({ total: 0 });
    const rule = {
      name: 'Anything',
      metric: 'business.orders',
      condition: 'threshold_below',
      threshold: 1,
      severity: 'warning',
    };
    expect((await app.request(`${API}/alerts/configs`, { role: 'admin', json: rule })).status).toBe(201);
    await until(async () => (await active())?.total === 1, 20_000);
    const id = (await active())?.items[0]?.id;
    await app.request(`${API}/alerts/${id}/acknowledge`, { role: 'admin', json: {} });
    expect(await active()).toMatchObject({ total: 0, items: [] });
  },
  TIMEOUT_MS,
);
