import { randomUUID } from 'node:crypto';
import { count, divide, percentile, sum } from '../../src/metrics/catalogue/expression.js';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import { dimension, type Family } from '../../src/metrics/catalogue/family.js';
import { METRICS } from '../../src/metrics/catalogue/metrics.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';
import { jobAt } from './shop-events.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const range = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-22T00:00:00Z') };

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

describe('a metric that is added to the catalogue', () => {
  it('is rolled up, can be read and cut, and is a name that alerts accept, without any other code', async () => {
    const retries: Family = {
      name: 'ml_retries',
      description: 'How often jobs were tried again.',
      eventType: 'ml_job',
      where: 'e.retries IS NOT NULL',
      dimensions: [dimension('provider', 'e.provider')],
      value: { sql: 'e.retries::float8', unit: 'count', sketch: true },
      sums: { retries: 'e.retries' },
    };
    const metric = {
      name: 'ml.retries_per_job',
      unit: 'ratio' as const,
      description: 'Σ retries / jobs that said how many.',
      formulas: [divide(sum('ml_retries', 'retries'), count('ml_retries'))],
    };
    const p95 = { ...metric, name: 'ml.retries_p95', formulas: [percentile('ml_retries', 0.95)] };
    const bench = new RollupBench(database.dataSource, {
      families: [...FAMILIES, retries],
      metrics: [...METRICS, metric, p95],
    });
    bench.clock.at = NOW;
    await bench.store([
      { ...jobAt('2026-11-21T10:00:00Z', 1_000), retries: 1 },
      { ...jobAt('2026-11-21T11:00:00Z', 1_000), retries: 4 },
      { ...jobAt('2026-11-21T11:00:00Z', 1_000), provider: 'gemini', retries: 0 },
      jobAt('2026-11-21T12:00:00Z', 1_000),
    ]);
    const read = { metrics: [metric.name, p95.name], range, groupBy: ['provider'] };
    const expectFigures = async (): Promise<void> => {
      const { rows } = await bench.reader.read(read);
      const figures = rows.map(({ group, values }) => [group['provider'], values[metric.name]?.toNumber()]);
      expect(Object.fromEntries(figures)).toEqual({ tripo: 2.5, gemini: 0 });
      expect(rows.find(({ group }) => group['provider'] === 'tripo')?.values[p95.name]?.toNumber()).toBeCloseTo(4, 1);
    };
    await expectFigures();
    await bench.service.rollUp();
    await database.dataSource.query('DELETE FROM analytics_events');
    await expectFigures();
    expect(bench.catalogue.hasMetric(metric.name)).toBe(true);
    expect(bench.catalogue.dimensionsOf(bench.catalogue.metric(metric.name))).toEqual(['provider']);
  });
});

describe('values of a dimension beyond its cap', () => {
  it('fold into __other__, are counted, and leave every total exact', async () => {
    const capped = FAMILIES.map((family) =>
      family.name === 'errors' ? { ...family, dimensions: [dimension('name', 'e.name', 3)] } : family,
    );
    const bench = new RollupBench(database.dataSource, { families: capped });
    bench.clock.at = NOW;
    const errorNamed = (name: string, hour: number): StreamEvent => ({
      event_id: randomUUID(),
      correlation_id: 'test',
      event_type: 'error',
      occurred_at: new Date(range.from.getTime() + hour * 3_600_000).toISOString(),
      name,
      message: 'm',
    });
    await bench.store(Array.from({ length: 50 }, (_, index) => errorNamed(`e${index % 10}`, index % 24)));
    const folded = new Map<string, number>();
    await bench.service.rollUp({
      onStep: (step) => step.folded.forEach((values, name) => folded.set(name, (folded.get(name) ?? 0) + values)),
    });
    await database.dataSource.query('DELETE FROM analytics_events');
    const { rows } = await bench.reader.read({ metrics: ['errors.count'], range, groupBy: ['name'] });
    const counts = Object.fromEntries(
      rows.map(({ group, values }) => [group['name'], values['errors.count']?.toNumber() ?? NaN] as const),
    ) as Record<string, number>;
    expect(Object.keys(counts)).toHaveLength(4);
    expect(counts['__other__']).toBe(35);
    expect(Object.values(counts).reduce((total, value) => total + value, 0)).toBe(50);
    expect(folded.get('name')).toBeGreaterThanOrEqual(7);
  });
});

describe('a dimension and a sum that are added to a family', () => {
  const DAY_MS = 86_400_000;
  const OLD_FAMILIES = FAMILIES.map((family) =>
    family.name === 'api'
      ? { ...family, dimensions: family.dimensions.filter(({ name }) => name !== 'service'), sums: {} }
      : family,
  );
  const ADDED = ['api.throttled_rate', 'api.client_error_rate'];
  const OLD_METRICS = METRICS.filter(({ name }) => !ADDED.includes(name));
  const METRICS_READ = ['api.request_count', 'api.error_rate', 'api.client_error_rate', 'api.throttled_rate'];

  function requestAt(occurredAt: string, statusCode: number, service?: string): StreamEvent {
    return {
      event_id: randomUUID(),
      correlation_id: 'test',
      event_type: 'api_request',
      occurred_at: occurredAt,
      method: 'GET',
      route: '/a',
      status_code: statusCode,
      duration_ms: 10,
      ...(service !== undefined && { service }),
    };
  }

  /** Count, 5xx, 4xx other than 429, and 429, as numbers of requests, by service. */
  async function requests(bench: RollupBench): Promise<Record<string, number[]>> {
    const whole = { from: new Date('2026-11-09T00:00:00Z'), to: new Date('2026-11-23T00:00:00Z') };
    const { rows } = await bench.reader.read({ metrics: METRICS_READ, range: whole, groupBy: ['service'] });
    return Object.fromEntries(
      rows.map(({ group, values }) => {
        const [count = NaN, ...shares] = METRICS_READ.map((name) => values[name]?.toNumber() ?? NaN);
        return [group['service'] ?? '', [count, ...shares.map((share) => Math.round(share * count))]];
      }),
    );
  }

  async function routes(bench: RollupBench): Promise<unknown[]> {
    const whole = { from: new Date('2026-11-09T00:00:00Z'), to: new Date('2026-11-23T00:00:00Z') };
    const read = {
      metrics: ['api.request_count'],
      range: whole,
      filters: { route: ['/a'] },
      groupBy: ['method', 'route'],
    };
    const { rows } = await bench.reader.read(read);
    return rows.map(({ group, values }) => [group['method'], group['route'], values['api.request_count']?.toNumber()]);
  }

  it('leave what was rolled up and sealed before as it was, and take late events in beside it', async () => {
    const before = new RollupBench(database.dataSource, { families: OLD_FAMILIES, metrics: OLD_METRICS });
    before.clock.at = NOW - 8 * DAY_MS;
    await before.store([
      requestAt('2026-11-10T10:00:10Z', 200, 'shop'),
      requestAt('2026-11-10T10:00:20Z', 429, 'shop'),
      requestAt('2026-11-10T11:00:00Z', 500),
    ]);
    await before.service.rollUp();
    before.clock.at = NOW;
    await before.service.rollUp();
    expect((await before.retention.apply()).daysDropped).toContain('2026-11-10');
    await before.store([
      requestAt('2026-11-21T10:00:10Z', 404, 'shop'),
      requestAt('2026-11-21T10:00:20Z', 200, 'shop'),
    ]);
    await before.service.rollUp();

    const after = new RollupBench(database.dataSource);
    after.clock.at = NOW;
    // Nobody knows any more which service it was, nor which 4xx were 429.
    expect(await requests(after)).toEqual({ '': [5, 1, 2, 0] });
    expect(await routes(after)).toEqual([['GET', '/a', 5]]);

    // Of the minute that is rolled up, and of the day that is sealed.
    await after.store([requestAt('2026-11-21T10:00:30Z', 429, 'ai'), requestAt('2026-11-10T10:00:30Z', 429, 'ai')]);
    expect(await routes(after)).toEqual([['GET', '/a', 7]]);
    await after.service.rollUp();
    const byService = await requests(after);
    expect(byService['ai']).toEqual([2, 0, 0, 2]);
    expect(Object.values(byService).reduce((total, [count = NaN]) => total + count, 0)).toBe(7);
    expect(await routes(after)).toEqual([['GET', '/a', 7]]);

    after.clock.at = NOW + 8 * DAY_MS;
    await after.service.rollUp();
    expect((await after.retention.apply()).daysDropped).toEqual(expect.arrayContaining(['2026-11-10', '2026-11-21']));
    expect(await requests(after)).toEqual(byService);
    expect(await routes(after)).toEqual([['GET', '/a', 7]]);
  });

  it('have a cap: services beyond it fold into __other__', async () => {
    const bench = new RollupBench(database.dataSource);
    bench.clock.at = NOW;
    await bench.store(Array.from({ length: 230 }, (_, index) => requestAt('2026-11-21T10:00:10Z', 200, `s${index}`)));
    await bench.service.rollUp();
    await database.dataSource.query('DELETE FROM analytics_events');
    const byService = await requests(bench);
    expect(Object.keys(byService)).toHaveLength(201);
    expect(byService['__other__']).toEqual([30, 0, 0, 0]);
  });
});
