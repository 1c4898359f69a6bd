import { loadConfig } from '../../src/platform/config/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import type { WindowGroup } from '../../src/prometheus/index.js';
import { expressionsOf } from '../../src/prometheus/server/expressions.js';
import { PrometheusClient } from '../../src/prometheus/server/prometheus-client.js';
import { ServerSource } from '../../src/prometheus/server/server-source.js';
import { ServerSeries } from '../../src/prometheus/server/server-series.js';
import { upstreamOf } from '../../src/prometheus/upstream.js';
import { until } from '../support/app-process.js';
import { HTTP, MetricsTarget } from '../support/metrics-target.js';
import { hasPrometheus, startPrometheus, type PrometheusServer } from '../support/prometheus.js';

const API = { metric: 'api_request_duration_seconds', route: 'endpoint' };
const BEFORE = 10_000;
const WAIT_MS = 20_000;
const withPrometheus = hasPrometheus ? describe : describe.skip;

withPrometheus('expressions, as a real Prometheus understands them', () => {
  let server: PrometheusServer;
  let targets: MetricsTarget[];
  const sources: ServerSource[] = [];

  beforeAll(async () => {
    targets = await Promise.all([MetricsTarget.start(HTTP), MetricsTarget.start(API), MetricsTarget.start(API, HTTP)]);
    for (const target of targets) target.observe({ status: 200, seconds: 0.3, times: BEFORE });
    server = await startPrometheus(targets.map(({ address }) => address));
    await until(
      async () => (await samples('count_over_time(up[1m])')).filter((count) => count >= 2).length === 3,
      WAIT_MS,
    );
    for (const target of targets) target.observe({ status: 200, seconds: 0.3, times: 100 });
    await until(
      async () => (await samples('{__name__=~".+_count"} - 10100')).filter((left) => left === 0).length === 4,
      WAIT_MS,
    );
  });

  afterAll(async () => {
    await Promise.all(sources.map((source) => source.stop()));
    await server.stop();
    await Promise.all(targets.map((target) => target.stop()));
  });

  async function samples(query: string): Promise<number[]> {
    const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result.map(({ value }) => Number(value[1]));
  }

  function parts(env: Record<string, string> = {}) {
    const { prometheus } = loadConfig({ PROMETHEUS_URL: server.url, ...env });
    if (!prometheus.server) throw new Error('It is configured.');
    const client = new PrometheusClient(upstreamOf(prometheus.server.url, undefined), 5_000);
    return { client, expressions: expressionsOf(prometheus.server, prometheus.histograms) };
  }

  /** What a source with this configuration sees of the live window. */
  async function groups(env: Record<string, string> = {}): Promise<readonly WindowGroup[]> {
    const { client, expressions } = parts(env);
    const clock = { now: () => new Date() };
    const source = new ServerSource(client, { clock, logger: Logger.create('silent'), intervalMs: 1_000, expressions });
    sources.push(source);
    source.start();
    await until(
      () => source.answer(new Date()).answers,
      WAIT_MS,
      () => JSON.stringify(source.places(new Date())),
    );
    return source.answer(new Date()).window?.groups ?? [];
  }

  /**
   * Counts are extrapolated, for each target by how its few first scrapes fell, and all alike once there are more of them:
   * so this waits until the count is so many times that of one target.
   */
  async function expectTimes(times: number, measure: string, env?: Record<string, string>): Promise<void> {
    let seen = NaN;
    const close = async () => {
      const [group, ...more] = await groups(env);
      expect(more).toEqual([]);
      const [one] = await samples(measure);
      seen = (group?.count ?? NaN) / (one ?? NaN);
      return Math.abs(seen - times) < 0.2;
    };
    await until(close, WAIT_MS, () => `${seen} times that of one target instead of ${times}`);
  }

  const ONE = `increase(http_request_duration_seconds_count[5m])`;

  it('find both histograms, and count a target that has both once', async () => {
    await expectTimes(3, ONE);
    const [group] = await groups();
    expect(group).toMatchObject({ method: 'GET', route: '/shop', statusCode: '200' });
    expect(group!.histogram.quantile(0.5)).toBeCloseTo(0.3, 9);
    expect(group!.sumSeconds! / group!.count).toBeCloseTo(0.3, 1);
  });

  it('look only at what is selected', async () => {
    const env = { PROMETHEUS_SELECTOR: `job="shop",instance="${targets[0]?.address}"` };
    await expectTimes(1, ONE, env);
  });

  it('look only at the histograms that are named', async () => {
    const env = { METRICS_LATENCY_HISTOGRAMS: 'api_request_duration_seconds{method,endpoint,status_code}' };
    await expectTimes(2, ONE, env);
  });

  it('can be replaced', async () => {
    const labelled = (inner: string) => `label_replace(${inner}, "route", "/all", "", "")`;
    const env = {
      PROMETHEUS_BUCKETS_EXPRESSION: labelled('sum by (le) (increase(http_request_duration_seconds_bucket[$window]))'),
      PROMETHEUS_SUM_EXPRESSION: labelled('sum(increase(http_request_duration_seconds_sum[$window]))'),
    };
    expect(await groups(env)).toMatchObject([{ method: '', route: '/all', statusCode: '' }]);
  });

  it('that are wrong are told of, as Prometheus explains them', async () => {
    const { client, expressions } = parts({ PROMETHEUS_BUCKETS_EXPRESSION: 'sum by (' });
    const tools = { clock: { now: () => new Date() }, logger: Logger.create('silent'), intervalMs: 1_000, expressions };
    const source = new ServerSource(client, tools);
    sources.push(source);
    source.start();
    const detail = () => source.places(new Date())[0]?.detail ?? '';
    await until(() => /answered 400: .*parse error/.test(detail()), WAIT_MS, detail);
    expect(source.answer(new Date())).toMatchObject({ answers: false, stale: true });
  });

  it('may name a route with every sign there is', async () => {
    const { client, expressions } = parts();
    const series = new ServerSeries(client, expressions);
    const to = new Date();
    const range = { from: new Date(to.getTime() - 60_000), to, stepSeconds: 60 };
    for (const route of ['/a"b\\c', '/$1', "/'){}", '/é\n']) {
      expect((await series.read({ ...range, route }))?.value.size).toBe(0);
    }
    expect((await series.read({ ...range, route: '/shop' }))?.value.size).toBe(1);
  });
});

/** One series of the histogram; without `sum` it has none. */
function exposition(route: string, count: number, { pod = '1', sum, more = '' }: SeriesText = {}): string {
  const labels = `method="get",route="${route}",status_code="200",pod="${pod}"${more}`;
  return `http_request_duration_seconds_bucket{${labels},le="0.1"} ${count}
http_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}
http_request_duration_seconds_count{${labels}} ${count}
${sum === undefined ? '' : `http_request_duration_seconds_sum{${labels}} ${sum}\n`}`;
}
interface SeriesText {
  readonly pod?: string;
  readonly sum?: string;
  readonly more?: string;
}

withPrometheus('histograms without a usable sum, in a real Prometheus', () => {
  it('have no mean, nor have those they are added to; methods are in capitals, services apart', async () => {
    const target = await MetricsTarget.start();
    const show = (count: number): void => {
      target.behaviour = {
        text: [
          exposition('/missing', count),
          exposition('/nan', count, { sum: 'NaN' }),
          exposition('/mixed', count, { pod: '1', sum: String(count * 0.05) }),
          exposition('/mixed', count, { pod: '2' }),
          exposition('/idle', count, { pod: '1', sum: String(count * 0.05) }),
          exposition('/idle', 7, { pod: '2', sum: 'NaN' }),
          exposition('/two', count, { sum: String(count * 0.05), more: ',service="one"' }),
          exposition('/two', count, { sum: String(count * 0.07), more: ',service="two"' }),
        ].join(''),
      };
    };
    show(10);
    const server = await startPrometheus([target.address]);
    const { prometheus } = loadConfig({ PROMETHEUS_URL: server.url });
    const client = new PrometheusClient(upstreamOf(server.url, undefined), 5_000);
    const expressions = expressionsOf(prometheus.server!, prometheus.histograms);
    const clock = { now: () => new Date() };
    const source = new ServerSource(client, { clock, logger: Logger.create('silent'), intervalMs: 1_000, expressions });
    source.start();
    try {
      let count = 10;
      const groups = (): readonly WindowGroup[] => source.answer(new Date()).window?.groups ?? [];
      await until(() => {
        show(++count);
        return groups().length === 6;
      }, WAIT_MS);
      const means = groups().map(({ method, route, service, sumSeconds, count: requests }) => [
        [method, route, service],
        sumSeconds === null ? null : Number((sumSeconds / requests).toFixed(9)),
      ]);
      expect(means.sort()).toEqual([
        [['GET', '/idle', undefined], 0.05],
        [['GET', '/missing', undefined], null],
        [['GET', '/mixed', undefined], null],
        [['GET', '/nan', undefined], null],
        [['GET', '/two', 'one'], 0.05],
        [['GET', '/two', 'two'], 0.07],
      ]);
    } finally {
      await source.stop();
      await server.stop();
      await target.stop();
    }
  });
});
