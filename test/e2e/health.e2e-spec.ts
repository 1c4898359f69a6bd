import pg from 'pg';
import { timedHealth } from '../health/timed-health.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { MetricsTarget, type Behaviour } from '../support/metrics-target.js';

const HEALTH = `${API}/health`;
const PATHS = ['overview', 'api', 'database', 'timeseries'] as const;
const WAIT_MS = 15_000;

let target: MetricsTarget;
let other: MetricsTarget;
let app: StartedApp;

beforeAll(async () => {
  [target, other] = await Promise.all([MetricsTarget.start(), MetricsTarget.start()]);
  const env = { METRICS_TARGETS: `${target.url},${other.url}`, METRICS_SCRAPE_INTERVAL_SECONDS: '1' };
  app = await startApp({ env });
  // Sizes are told up to a minute late, and before its days are made the table of events has none.
  await until(async () => (await figure(`SELECT count(*) FROM pg_partition_tree('analytics_events')`)) > 1, WAIT_MS);
});

afterAll(async () => {
  await Promise.all([target.stop(), other.stop()]);
  await app.stop();
});

const { ask, askUntil } = timedHealth(() => app, WAIT_MS);

/** The one figure that the statement gives. */
async function figure(sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: await app.databaseUrl() });
  await client.connect();
  try {
    return Number(Object.values((await client.query(sql)).rows[0])[0]);
  } finally {
    await client.end();
  }
}

const rows = (body: AppAnswer['body']): { route: string; count: number }[] => body.endpoints;
const countOf = (body: AppAnswer['body'], route: string): number =>
  rows(body).find((row) => row.route === route)?.count ?? 0;
const scrapesOfBoth = (): number => Math.min(target.scrapes, other.scrapes);

describe('who may ask, and what', () => {
  it.each(PATHS)('shows %s to admins only', async (path) => {
    const statuses = async (role?: string): Promise<number> =>
      (await app.request(`${HEALTH}/${path}`, { role })).status;
    const others = ['business_analyst', 'ml_engineer', 'service'];
    expect(await statuses('admin')).toBe(200);
    expect(await Promise.all([statuses(), ...others.map(statuses)])).toEqual([401, 403, 403, 403]);
  });

  it.each([
    ['overview', 'range=5m', 'range'],
    ['overview', 'from=yesterday', 'from'],
    ['overview', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['overview', 'route=/a', 'route'],
    ['api', 'range=2h', 'range'],
    ['api', 'sort=latency', 'sort'],
    ['api', 'method=GET%20', 'method'],
    ['api', 'service=', 'service'],
    ['api', 'route=', 'route'],
    ['api', 'limit=5', 'limit'],
    ['database', 'range=1h', 'range'],
    ['timeseries', 'metric=latency_p90', 'metric'],
    ['timeseries', 'metric=request_count&metric=', 'metric'],
    ['timeseries', 'step=7m', 'step'],
    ['timeseries', 'range=30d&step=1m', 'step'],
    ['timeseries', `route=${'x'.repeat(501)}`, 'route'],
    ['timeseries', 'from=2026-01-02T00:00:00Z&to=soon', 'to'],
  ])('refuses %s?%s, and names %s', async (path, query, field) => {
    const { status, body } = await app.request(`${HEALTH}/${path}?${query}`, { role: 'admin' });
    expect([status, (body.errors ?? []).map((error: { path: string }) => error.path)]).toEqual([400, [field]]);
  });
});

describe('targets that answer', () => {
  beforeAll(() => until(() => scrapesOfBoth() > 0, WAIT_MS));

  it('are added up: counts, rates, 4xx and 5xx apart, percentiles within the bucket', async () => {
    target.observe({ status: 200, seconds: 0.05, times: 60 });
    target.observe({ status: 404, seconds: 0.3, times: 20 });
    other.observe({ status: 500, seconds: 0.7, times: 15 });
    other.observe({ status: 200, seconds: 9, times: 5, method: 'POST', route: '/cart' });
    const endpoints = await askUntil('api', (body) => countOf(body, '/shop') === 95 && countOf(body, '/cart') === 5);
    const overview = await ask('overview');
    expect(endpoints.endpoints[0]).toMatchObject({
      method: 'GET',
      route: '/shop',
      error_rate: expect.closeTo(15 / 95),
    });
    expect(endpoints.endpoints[1]).toMatchObject({
      method: 'POST',
      route: '/cart',
      latency_ms: { p50: 5_000, max: null },
    });
    expect(endpoints.endpoints[1].latency_ms.avg).toBeCloseTo(9_000);
    // Of 100: 60 up to 0.1 s, 80 up to 0.5 s, 95 up to 1 s, and nobody knows how far beyond 5 s the rest is.
    expect(overview).toMatchObject({
      error_rate: expect.closeTo(0.15),
      client_error_rate: expect.closeTo(0.2),
      latency_ms: { p50: expect.closeTo((0.1 * 1_000 * 50) / 60), p95: expect.closeTo(1_000), p99: 5_000 },
      components: { api: { status: 'degraded' }, prometheus: { status: 'healthy' } },
      meta: { source: 'prometheus', stale: false, percentile_error: null },
    });
    const observedSeconds = (Date.parse(overview.meta.to) - Date.parse(overview.meta.from)) / 1_000;
    expect(overview.requests_per_second * observedSeconds).toBeGreaterThan(99);
    expect(overview.availability).toBeCloseTo(0.85, 1);
    expect(overview.availability_coverage).toBeCloseTo(observedSeconds / 300, 1);
  });

  it('can be looked at by route and method', async () => {
    expect(rows(await ask('api?route=/cart'))).toMatchObject([{ route: '/cart', count: 5 }]);
    expect(rows(await ask('api?method=GET&sort=p95'))).toMatchObject([{ route: '/shop', count: 95 }]);
    expect(rows(await ask('api?method=get&sort=p95'))).toMatchObject([{ route: '/shop', count: 95 }]);
    expect(rows(await ask('api?method=DELETE'))).toEqual([]);
    expect(rows(await ask('api?service=shop'))).toEqual([]);
  });

  it('may begin to count anew: what was counted stays counted', async () => {
    target.resetCounters();
    target.observe({ status: 200, seconds: 0.05, times: 7 });
    await askUntil('api', (body) => countOf(body, '/shop') === 102);
    target.observe({ status: 200, seconds: 0.05, times: 3 });
    await askUntil('api', (body) => countOf(body, '/shop') === 105);
  });
});

describe('targets that do not', () => {
  const misbehaviours: [string, Behaviour, string][] = [
    ['hangs', 'hangs', 'did not answer in time'],
    ['answers 500', { status: 500 }, 'answered 500'],
    ['answers a page', { text: '<!doctype html>\n<title>Hello</title>' }, 'answered no exposition: Line 1'],
    ['answers half an exposition', { text: '# TYPE a counter\na{b="c' }, 'answered no exposition: Line 2'],
    ['answers other metrics', { text: 'up 1\n' }, 'answered without a http_request_duration_seconds'],
  ];

  it.each(misbehaviours)(
    'one that %s leaves the others their say, and what it said stays',
    async (_what, behaviour, detail) => {
      target.behaviour = behaviour;
      const seen = ({ components, meta }: AppAnswer['body']): boolean =>
        meta.stale === true && components.prometheus.detail.includes(`${target.url} ${detail}`);
      const overview = await askUntil('overview', seen);
      expect(overview).toMatchObject({
        components: { prometheus: { status: 'degraded' } },
        meta: { source: 'prometheus' },
      });
      expect(countOf(await ask('api'), '/shop')).toBe(105);
      for (const path of PATHS) await ask(path);
      target.behaviour = 'answers';
      await askUntil('overview', ({ meta }) => meta.stale === false);
    },
  );

  it('all gone: stored events answer for them, which are not stale for it; back again, they answer themselves', async () => {
    const common = { event_type: 'api_request', method: 'GET', duration_ms: 40 };
    const events = [200, 200, 200, 500].map((code) => ({ ...common, route: '/stored', status_code: code }));
    expect((await app.request(`${API}/events`, { role: 'service', json: { events } })).status).toBe(202);
    await Promise.all([target.stop(), other.stop()]);
    const overview = await askUntil('overview', ({ meta }) => meta.source !== 'prometheus');
    expect(overview).toMatchObject({
      status: 'degraded',
      error_rate: 0.25,
      latency_ms: { p50: expect.closeTo(40, 0) },
      components: {
        prometheus: { status: 'down', detail: expect.stringContaining('cannot be reached (ECONNREFUSED)') },
      },
      meta: { stale: false, percentile_error: 0.01 },
    });
    expect(rows(await ask('api'))).toMatchObject([{ route: '/stored', count: 4 }]);
    await Promise.all([target.listen(), other.listen()]);
    const back = await askUntil('overview', ({ components }) => components.prometheus.status === 'healthy');
    expect(back.meta).toMatchObject({ source: 'prometheus', stale: false });
    expect(back.availability).toBeLessThan(0.95 * (1 - back.error_rate));
    expect(countOf(await ask('api'), '/shop')).toBe(105);
  });
});

describe('the database', () => {
  it('is as it tells itself', async () => {
    // The first look opens connections and measures tables; on a busy machine a trifle may take 200 ms beside it.
    const body = await askUntil('database', ({ status }) => status === 'healthy');
    const largest: { name: string; bytes: number }[] = body.largest_tables;
    const bytes = await figure(
      `SELECT sum(pg_total_relation_size(relid))::text FROM pg_partition_tree('analytics_events')`,
    );
    expect(body).toMatchObject({
      status: 'healthy',
      pool: { max: 12, waiting: 0 },
      connections: { max: await figure('SHOW max_connections') },
      deadlocks: await figure('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
      meta: { stale: false, percentile_error: 0.05 },
    });
    expect(largest.map((table) => table.bytes)).toEqual(largest.map((table) => table.bytes).sort((a, b) => b - a));
    expect(largest.find(({ name }) => name === 'analytics_events')?.bytes).toBeCloseTo(bytes, -6);
    expect(body.size_bytes / (await figure('SELECT pg_database_size(current_database())'))).toBeCloseTo(1, 0);
    expect(body.connections.active + body.connections.idle).toBeGreaterThanOrEqual(body.pool.total);
    expect(body.cache_hit_ratio).toBeGreaterThan(0.5);
    expect(body.transactions_per_second).toBeGreaterThan(0);
    const { p50, p95, p99 } = body.query_latency_ms;
    expect([p50 > 0, p95 >= p50, p99 >= p95]).toEqual([true, true, true]);
  });
});
