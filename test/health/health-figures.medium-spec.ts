import fc from 'fast-check';
import type { StreamEvent } from '../rollups/reference.js';
import { openHealthRig, request, type HealthRig } from './health-rig.js';
import { availabilityOf, endpointsOf, figuresOf, type Figures, type Question } from './reference.js';

/** Every figure that comes from stored events, on random events, against the plainest computation there is. */
const RUNS = 4;
const NOW = '2026-11-22T12:00:00Z';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let rig: HealthRig;
beforeAll(async () => (rig = await openHealthRig()));
afterAll(() => rig.close());

/** Few moments and few durations: many ties, many buckets with several requests. */
const requests = fc.array(
  fc
    .record({
      minutesAgo: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(59, 61, 200, 719, 720, 1_441, 2_881)),
      ms: fc.constantFrom(0, 1, 59_999),
      method: fc.constantFrom('GET', 'POST'),
      route: fc.constantFrom('/a', '/b/:id'),
      service: fc.constantFrom(undefined, 'shop', 'ai'),
      status_code: fc.constantFrom(200, 204, 301, 404, 429, 500, 503),
      duration_ms: fc.oneof(fc.constantFrom(0, 10), fc.integer({ min: 1, max: 60_000 })),
    })
    .map(({ minutesAgo, ms, service, ...fields }) =>
      request(new Date(Date.parse(NOW) - (minutesAgo + 1) * MINUTE_MS + ms).toISOString(), {
        ...fields,
        ...(service && { service }),
      }),
    ),
  { minLength: 0, maxLength: 120 },
);

/** Minutes are looked at for availability up to six hours, hours beyond. */
const RANGES = [
  { from: '2026-11-22T10:58:30Z', to: '2026-11-22T12:00:00Z', sliceMs: MINUTE_MS },
  { from: '2026-11-21T00:30:00.500Z', to: '2026-11-22T11:59:59.500Z', sliceMs: HOUR_MS },
  { from: '2026-11-21T13:00:00Z', to: '2026-11-21T14:00:00Z', sliceMs: MINUTE_MS },
] as const;

it('agree with a computation over every event', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (events) => {
      await rig.reset(NOW);
      await rig.bench.store(events);
      await rig.rawAndRolledUp(async () => {
        for (const range of RANGES) await expectRange(events, range);
        await expectLive(events);
      });
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

async function expectRange(events: readonly StreamEvent[], { from, to, sliceMs }: (typeof RANGES)[number]) {
  const query = { from, to };
  const question: Question = { from: Date.parse(from), to: Date.parse(to) };
  const { availability, coverage } = availabilityOf(events, question, sliceMs);
  const expected = figuresOf(events, question);
  const overview = await rig.overviews.overview(query);
  expectFigures(overview, expected);
  expect(overview).toMatchObject({
    availability: roughly(availability),
    availability_coverage: roughly(coverage),
    requests_per_second: roughly((expected.count * 1_000) / (question.to - question.from)),
  });
  const { endpoints } = await rig.endpoints.endpoints(query);
  expectEndpoints(endpoints, endpointsOf(events, question));
  const filter = { method: 'POST', route: '/b/:id' };
  const filtered = await rig.endpoints.endpoints({ ...query, ...filter });
  expectEndpoints(filtered.endpoints, endpointsOf(events, { ...question, ...filter }));
  const ofService = await rig.endpoints.endpoints({ ...query, service: 'shop' });
  expectEndpoints(ofService.endpoints, endpointsOf(events, { ...question, service: 'shop' }));
  await expectSeries(events, { ...query, route: '/a' });
}

/** Without a source of metrics the live window is the last five minutes of the stored events. */
async function expectLive(events: readonly StreamEvent[]): Promise<void> {
  const to = Date.parse(NOW);
  const question = { from: to - 5 * MINUTE_MS, to };
  const overview = await rig.overviews.overview({});
  const expected = figuresOf(events, question);
  expectFigures(overview, expected);
  expect(overview.requests_per_second).toEqual(roughly(expected.count / 300));
  expectEndpoints((await rig.endpoints.endpoints({})).endpoints, endpointsOf(events, question));
}

async function expectSeries(events: readonly StreamEvent[], query: { from: string; to: string; route: string }) {
  const { series, meta } = await rig.series.timeseries(query);
  const [count, errors, p50, p95, p99] = series.map(({ points }) => points);
  const stepMs = (meta.step_seconds ?? NaN) * 1_000;
  const ends = { from: Date.parse(query.from), to: Date.parse(query.to) };
  expect(count?.[0]?.t).toBe(new Date(Math.floor(ends.from / stepMs) * stepMs).toISOString());
  count?.forEach((point, index) => {
    const start = Date.parse(point.t);
    const step = { from: Math.max(start, ends.from), to: Math.min(start + stepMs, ends.to), route: query.route };
    const expected = figuresOf(events, step);
    expect([point.value, point.partial]).toEqual([expected.count, step.to - step.from < stepMs ? true : undefined]);
    const value = (points?: readonly { value: number | null }[]): number | null => points?.[index]?.value ?? null;
    expect(value(errors)).toEqual(roughly(expected.error_rate));
    expectPercentile(value(p50), expected.latency_ms.p50);
    expectPercentile(value(p95), expected.latency_ms.p95);
    expectPercentile(value(p99), expected.latency_ms.p99);
  });
}

type Answered = Omit<Figures, 'count' | 'throttled_rate' | 'latency_ms'> & {
  throttled_rate?: number | null;
  latency_ms: object;
};

function expectFigures(actual: Answered, expected: Figures): void {
  const { latency_ms: latency, ...shares } = expected;
  expect(actual.error_rate).toEqual(roughly(shares.error_rate));
  expect(actual.client_error_rate).toEqual(roughly(shares.client_error_rate));
  // The overview has none.
  if ('throttled_rate' in actual) expect(actual.throttled_rate).toEqual(roughly(shares.throttled_rate));
  const figures = new Map(Object.entries(actual.latency_ms as Record<string, number | null>));
  for (const name of ['p50', 'p95', 'p99'] as const) expectPercentile(figures.get(name) ?? null, latency[name]);
  for (const name of ['avg', 'max'] as const) {
    if (figures.has(name)) expect(figures.get(name)).toEqual(roughly(latency[name]));
  }
}

type EndpointRow = Answered & { service?: string; method: string; route: string; count: number };

function expectEndpoints(actual: readonly EndpointRow[], expected: ReadonlyMap<string, Figures>): void {
  const name = ({ service = '', method, route }: EndpointRow): string => `${service} ${method} ${route}`;
  expect(actual.map(name).sort()).toEqual([...expected.keys()].sort());
  expect(actual.map(({ count }) => count)).toEqual(
    [...expected.values()].map(({ count }) => count).sort((a, b) => b - a),
  );
  for (const row of actual) {
    const figures = expected.get(name(row));
    if (!figures) throw new Error('Checked above.');
    expect(row.throttled_rate).toBeDefined();
    expect(row.count).toBe(figures.count);
    expectFigures(row, figures);
  }
}

function expectPercentile(actual: number | null, exact: number | null): void {
  if (exact === null || actual === null) expect(actual).toBe(exact);
  else expect(Math.abs(actual - exact)).toBeLessThanOrEqual(exact * 0.01);
}

/** Ratios come out of floating point here and of decimals there. */
function roughly(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 9);
}

describe('at the edges', () => {
  beforeEach(() => rig.reset(NOW));
  const HOUR = { from: '2026-11-22T10:00:00Z', to: '2026-11-22T11:00:00Z' };

  it('say null, not 0, of what nobody asked for', async () => {
    await rig.rawAndRolledUp(async () => {
      expect(await rig.overviews.overview(HOUR)).toMatchObject({
        availability: null,
        availability_coverage: 0,
        requests_per_second: 0,
        error_rate: null,
        client_error_rate: null,
        latency_ms: { p50: null, p95: null, p99: null },
      });
      expect((await rig.endpoints.endpoints(HOUR)).endpoints).toEqual([]);
      const { series } = await rig.series.timeseries({ ...HOUR, metric: ['request_count', 'latency_p95'] });
      expect(series.map(({ points }) => new Set(points.map(({ value }) => value)))).toEqual([
        new Set([0]),
        new Set([null]),
      ]);
    });
  });

  it('take the instant of `from` in and leave that of `to` out', async () => {
    await rig.bench.store([request(HOUR.from, { duration_ms: 0 }), request(HOUR.to, { status_code: 500 })]);
    await rig.rawAndRolledUp(async () => {
      const { endpoints } = await rig.endpoints.endpoints(HOUR);
      const latency = { avg: 0, p50: 0, p95: 0, p99: 0, max: 0 };
      expect(endpoints).toMatchObject([{ count: 1, error_rate: 0, latency_ms: latency }]);
    });
  });

  it('keep 4xx and 5xx apart, and sort as asked, by name where that is equal', async () => {
    const of = (route: string, ...codes: number[]) => codes.map((code, i) => at(route, code, i));
    const at = (route: string, code: number, i: number) =>
      request(HOUR.from, { route, status_code: code, duration_ms: route === '/slow' ? 900 : 5 + i });
    await rig.bench.store([
      ...of('/slow', 200),
      ...of('/busy', 200, 404, 404),
      ...of('/bad', 500),
      ...of('/good', 200),
    ]);
    const order = async (sort: 'count' | 'error_rate' | 'p95') =>
      (await rig.endpoints.endpoints({ ...HOUR, sort })).endpoints.map(({ route }) => route);
    await rig.rawAndRolledUp(async () => {
      expect(await order('count')).toEqual(['/busy', '/bad', '/good', '/slow']);
      expect(await order('error_rate')).toEqual(['/bad', '/busy', '/good', '/slow']);
      expect(await order('p95')).toEqual(['/slow', '/busy', '/bad', '/good']);
      const { endpoints } = await rig.endpoints.endpoints({ ...HOUR, route: '/busy' });
      expect(endpoints[0]).toMatchObject({ count: 3, error_rate: 0, client_error_rate: expect.closeTo(2 / 3, 9) });
    });
  });

  it('say of the whole how it does by its latest requests', async () => {
    const latest = (status: number) => request('2026-11-22T11:58:00Z', { status_code: status });
    const status = async () => (await rig.overviews.overview({})).components.api.status;
    await rig.bench.store([200, 200, 200, 200].map(latest));
    expect(await status()).toBe('healthy');
    await rig.bench.store([latest(500)]);
    expect(await status()).toBe('degraded');
    await rig.bench.store([500, 500, 500].map(latest));
    expect(await rig.overviews.overview({})).toMatchObject({ status: 'down', components: { api: { status: 'down' } } });
  });
});
