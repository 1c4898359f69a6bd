import { timedHealth } from '../health/timed-health.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { MetricsTarget } from '../support/metrics-target.js';
import { hasPrometheus, startPrometheus, type PrometheusServer } from '../support/prometheus.js';

const WAIT_MS = 30_000;
/** Requests of each status that were counted before anybody looked. */
const BEFORE = 10_000;
const withPrometheus = hasPrometheus ? describe : describe.skip;

jest.setTimeout(90_000);

withPrometheus('a Prometheus server', () => {
  let target: MetricsTarget;
  let server: PrometheusServer;
  let app: StartedApp;

  beforeAll(async () => {
    target = await MetricsTarget.start();
    // As of a service that has run for a while: a counter near 0 is not extrapolated as far as others.
    for (const status of [200, 404, 500]) target.observe({ status, seconds: 0.05, times: BEFORE });
    server = await startPrometheus([target.address]);
    const env = { PROMETHEUS_URL: server.url, METRICS_SCRAPE_INTERVAL_SECONDS: '1' };
    app = await startApp({ env });
  });

  afterAll(async () => {
    await app.stop();
    await server.stop();
    await target.stop();
  });

  const { ask, askUntil } = timedHealth(() => app, WAIT_MS);

  /** What Prometheus itself says, of an expression of its own. */
  async function instant(query: string, time = new Date().toISOString()): Promise<number> {
    const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query, time }).toString()}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1]);
  }

  it('says how its targets do: shares are exact, counts are extrapolated as it does', async () => {
    await until(async () => (await instant('count_over_time(up[1m])')) >= 2, WAIT_MS);
    target.observe({ status: 200, seconds: 0.3, times: 70 });
    target.observe({ status: 404, seconds: 0.3, times: 20 });
    target.observe({ status: 500, seconds: 0.7, times: 10 });
    await until(async () => (await instant('sum(http_request_duration_seconds_count)')) === 3 * BEFORE + 100, WAIT_MS);
    const overview = await askUntil(
      'overview',
      ({ error_rate: errors, components }) => errors > 0 && components.prometheus.status === 'healthy',
    );
    expect(overview).toMatchObject({
      error_rate: expect.closeTo(0.1),
      client_error_rate: expect.closeTo(0.2),
      // 90 of 100 within (0.1 s, 0.5 s]: the 50th is 50/90 of the way.
      latency_ms: { p50: expect.closeTo(100 + (400 * 50) / 90), p95: expect.closeTo(500 + (500 * 5) / 10) },
      availability: expect.closeTo(0.9),
      components: { prometheus: { status: 'healthy' }, api: { status: 'degraded' } },
      meta: { source: 'prometheus', stale: false, percentile_error: null },
    });
    const { endpoints, meta } = await ask('api?route=/shop&method=GET');
    const increase = await instant('sum(increase(http_request_duration_seconds_count[5m]))', meta.to);
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0].count / increase).toBeCloseTo(1, 1);
    expect(endpoints[0]).toMatchObject({ error_rate: expect.closeTo(0.1), latency_ms: { max: null } });
    expect((await ask('api?route=/nothing')).endpoints).toEqual([]);
  });

  it('has the time series while no events are stored', async () => {
    const body = await askUntil('timeseries?range=1h&route=/shop', ({ meta }) => meta.source === 'prometheus');
    expect(body.meta).toMatchObject({ stale: false, percentile_error: null, step_seconds: 60 });
    const values = (metric: string): (number | null)[] =>
      body.series
        .find((series: { metric: string }) => series.metric === metric)
        .points.map(({ value }: { value: number | null }) => value);
    const highest = (metric: string): number => Math.max(...values(metric).map(Number));
    expect(values('request_count').slice(0, 50)).toEqual(Array(50).fill(0));
    expect(values('latency_p95').slice(0, 50)).toEqual(Array(50).fill(null));
    expect(highest('request_count')).toBeGreaterThanOrEqual(100);
    expect(highest('error_rate')).toBeCloseTo(0.1);
    expect(highest('latency_p50')).toBeCloseTo(100 + (400 * 50) / 90);
    const other = await ask('timeseries?range=1h&route=/nothing&metric=request_count');
    expect(new Set(other.series[0].points.map(({ value }: { value: number }) => value))).toEqual(new Set([0]));
  });

  it('sees a target that is gone, and the API with it', async () => {
    await target.stop();
    const overview = await askUntil('overview', ({ availability }) => availability < 0.85);
    expect(overview).toMatchObject({ error_rate: expect.closeTo(0.1), meta: { source: 'prometheus' } });
    await target.listen();
  });

  it('may hang: the last good value for a while, then stored events; the API waits for neither', async () => {
    const event = { event_type: 'api_request', method: 'GET', route: '/stored', status_code: 500, duration_ms: 40 };
    const json = { events: [event, { ...event, status_code: 200 }] };
    expect((await app.request(`${API}/events`, { role: 'service', json })).status).toBe(202);
    server.signal('SIGSTOP');
    const stale = await askUntil('overview', ({ meta }) => meta.stale === true);
    expect(stale).toMatchObject({ error_rate: expect.closeTo(0.1), meta: { source: 'prometheus' } });
    const stored = await askUntil('overview', ({ meta }) => meta.source !== 'prometheus');
    expect(stored).toMatchObject({
      error_rate: 0.5,
      components: { prometheus: { status: 'down', detail: expect.stringContaining('last good answer') } },
      meta: { stale: false, percentile_error: 0.01 },
    });
    for (const path of ['api', 'database', 'timeseries?range=1h']) await ask(path);
    server.signal('SIGCONT');
    await askUntil('overview', ({ meta }) => meta.source === 'prometheus' && !meta.stale);
  });

  it('may be gone: stored events answer, also over time, and the reason is told', async () => {
    await server.stop();
    const overview = await askUntil('overview', ({ meta }) => meta.source !== 'prometheus');
    expect(overview.meta.stale).toBe(false);
    const isTold = ({ components }: AppAnswer['body']): boolean =>
      components.prometheus.detail.includes('cannot be reached') || components.prometheus.detail.includes('left alone');
    await askUntil('overview', isTold);
    const { series, meta } = await ask('timeseries?range=1h&metric=request_count');
    expect(meta.source).not.toBe('prometheus');
    expect(series[0].points.reduce((sum: number, { value }: { value: number }) => sum + value, 0)).toBe(2);
  });
});
