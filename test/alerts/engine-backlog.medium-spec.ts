import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { requestAt } from './alert-builders.js';

const LOADING_MS = 300_000;
const MINUTE = 60_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
/** `npm run soak` sets two million. */
const EVENTS = Number(process.env.ALERT_BACKLOG_EVENTS ?? 400_000);
const OLDER = EVENTS / 5;
const NEWER = EVENTS - OLDER;

let database: TestDatabase;
let bench: AlertBench;
let loader: pg.Client;

/** Requests of the two minutes before noon, of which nothing is rolled up yet. */
beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource, { intervalSeconds: 10 });
  loader = new pg.Client({ connectionString: database.url });
  await loader.connect();
  await bench.rollups.partitions.ensureDays(['2026-11-22']);
  // Reads do not use these, and they take most of the time that it takes to load so many.
  await loader.query(
    `ALTER TABLE analytics_events DROP CONSTRAINT analytics_events_pkey;
     DROP INDEX analytics_events_correlation, analytics_events_provider_time, analytics_events_time_brin`,
  );
  await load(NOON - 2 * MINUTE, OLDER);
  await load(NOON - MINUTE, NEWER);
}, LOADING_MS);
afterAll(async () => {
  await loader.end();
  await database.drop();
});

/** A tenth of them are answered 500; their durations are 1 to 1,000 ms. */
async function load(from: number, count: number): Promise<void> {
  await loader.query(
    `INSERT INTO analytics_events (event_id, occurred_at, event_type, correlation_id, method, route, status_code, duration_ms)
     SELECT gen_random_uuid(), $1::timestamptz + i * ($2::float8 / $3) * interval '1 millisecond', 'api_request', 'load', 'GET',
            '/route/' || i % 20, CASE WHEN i % 10 = 3 THEN 500 ELSE 200 END, 1 + i % 1000
       FROM generate_series(0, $3::int - 1) AS i`,
    [new Date(from), MINUTE, count],
  );
  await loader.query(
    `INSERT INTO rollup_invalidations (family, level, bucket_start, events) VALUES ('api', 'minute', $1, $2)`,
    [new Date(from), count],
  );
}

async function notes(): Promise<string[]> {
  const rows: { warnings: string[] }[] = await bench.dataSource.query('SELECT warnings FROM alert_evaluation_notes');
  return rows.flatMap(({ warnings }) => warnings);
}

const values = async (): Promise<Record<string, unknown>> => {
  const rows = await bench.dataSource.query('SELECT config_name, value, partial FROM alert_history');
  return Object.fromEntries(
    rows.map((row: { config_name: string; value: number; partial: boolean }) => [row.config_name, row]),
  );
};

it(
  'has a value for every rule at every tick, fires what is true, and nothing that only looks so',
  async () => {
    const api = { severity: 'critical', minSamples: 0 } as const;
    await bench.add({ ...api, name: 'count', metric: 'api.request_count', threshold: 1, windowSeconds: 300 });
    await bench.add({ ...api, name: 'errors', metric: 'api.error_rate', threshold: 0.05, windowSeconds: 60 });
    await bench.add({ ...api, name: 'p95', metric: 'api.latency_p95', threshold: 900, windowSeconds: 300 });
    const fewer = { metric: 'api.request_count', condition: 'threshold_below', windowSeconds: 300 } as const;
    // It is new: that there were fewer before is not its business.
    await bench.add({ ...api, ...fewer, name: 'fewer', threshold: EVENTS, updatedAt: new Date(NOON) });
    await bench.add({
      ...api,
      name: 'route',
      metric: 'api.request_count',
      filters: { route: '/route/3' },
      threshold: 1,
    });
    const fired: (string[] | undefined)[] = [];
    let warnings: string[] = [];
    for (let tick = 0; tick < 10; tick++) {
      const outcome = await bench.tick(NOON + tick * 10_000);
      fired.push(Object.keys(await values()).sort());
      warnings = await notes();
      expect(warnings.filter((warning) => !/lacked events/.test(warning))).toEqual([]);
      expect(outcome).toMatchObject({ rules: 5, failures: 0, effective: true });
      if (tick >= 1 && warnings.length === 0) break;
    }
    // Sums of part of the events are enough; what is a ratio or percentile is known one tick later at the latest.
    expect(fired[0]).toEqual(expect.arrayContaining(['count', 'route']));
    expect(fired[1]).toEqual(['count', 'errors', 'p95', 'route']);
    expect(warnings).toEqual([]);
    expect(await values()).toMatchObject({
      count: { value: EVENTS, partial: false },
      errors: { value: expect.closeTo(0.1, 3), partial: false },
      route: { value: EVENTS / 20, partial: false },
    });
    const { p95 } = (await values()) as { p95: { value: number } };
    expect(Math.abs(p95.value / 950 - 1)).toBeLessThan(0.01);
  },
  LOADING_MS,
);

it(
  'answers with part of the events when its time is up, continues there, and then has all of them',
  async () => {
    const range = { from: new Date(NOON - 5 * MINUTE), to: new Date(NOON) };
    const reader = new AlertBench(database.dataSource).rollups.reader;
    bench.rollups.clock.at = NOON;
    const counts: number[] = [];
    while (counts.at(-1) !== EVENTS && counts.length < 200) {
      const answer = await reader.read({ metrics: ['api.request_count'], range, live: { until: 0 } });
      counts.push(answer.rows[0]?.values['api.request_count']?.toNumber() ?? 0);
      expect(answer.stale).toBe(true);
    }
    expect(counts.length).toBeGreaterThan(EVENTS / 400_000);
    expect(counts).toEqual([...counts].sort((left, right) => left - right));
    expect(counts[0]).toBeLessThan(Math.min(300_000, EVENTS));
    expect(counts.at(-1)).toBe(EVENTS);
    // What comes late into seconds that are remembered is found by their number.
    await bench.rollups.store(Array.from({ length: 7 }, () => requestAt(NOON - 70_000, { status: 500 })));
    const again = await reader.read({
      metrics: ['api.request_count'],
      range,
      live: { until: performance.now() + LOADING_MS },
    });
    expect(again.rows[0]?.values['api.request_count']?.toNumber()).toBe(EVENTS + 7);
    expect(again.stale).toBe(false);
  },
  LOADING_MS,
);

describe('while every read of a tick lacks events, for as long as one looks', () => {
  const HIGH = 200_000;
  const LOW = 110_000;
  const THRESHOLD = 150_000;
  const api = { windowSeconds: 60, minSamples: 0, threshold: THRESHOLD, metric: 'api.request_count' } as const;

  it.each([
    ['the window of the tick before, when it is all there', false],
    ['what is there of the window of the tick before', true],
  ])(
    'a rule below, a recovery and missing data are decided one tick later by %s',
    async (_name, isEarlierPartial) => {
      const first = NOON + 60 * MINUTE;
      const busy = new AlertBench(database.dataSource, { intervalSeconds: 60 });
      await busy.clear();
      await busy.rollups.partitions.ensureDays(['2026-11-22']);
      await busy.add({ ...api, name: 'above' });
      await busy.add({ ...api, name: 'below', condition: 'threshold_below' });
      await busy.add({ ...api, name: 'far below', condition: 'threshold_below', threshold: LOW - 10_000 });
      await load(first - MINUTE, HIGH);
      await busy.tick(first);
      expect(await statusOf(busy)).toEqual({ above: 'firing' });

      const missing = { metric: 'api.latency_p95', filters: { route: '/nowhere' }, noData: 'alert' } as const;
      await busy.add({ ...api, ...missing, name: 'missing' });
      for (const tick of [first + MINUTE, first + 2 * MINUTE]) {
        await load(tick - MINUTE, LOW);
        busy.beforeRead = async (read) => {
          // One statement, and its time is up.
          if (isEarlierPartial || read.range.to.getTime() === tick) Object.assign(read, { live: { until: 0 } });
        };
        expect(await busy.tick(tick)).toMatchObject({ failures: 0, effective: true });
        const warnings = await notes();
        expect(warnings.length).toBeGreaterThan(0);
        for (const warning of warnings)
          expect(warning).toMatch(/decided by the window that ended one evaluation before/);
      }
      const found = await statusOf(busy);
      expect(found).toMatchObject({ above: 'resolved', below: 'firing', missing: 'firing' });
      const values = await busy.dataSource.query(
        `SELECT value, partial FROM alert_history WHERE config_name = 'below' ORDER BY triggered_at DESC LIMIT 1`,
      );
      if (isEarlierPartial) return expect(values).toMatchObject([{ partial: true }]);
      // Nothing fires on events that are only missing, and what decided is exact.
      expect(found).not.toHaveProperty('far below');
      expect(values).toEqual([{ value: LOW, partial: false }]);
    },
    LOADING_MS,
  );
});

async function statusOf({ dataSource }: AlertBench): Promise<Record<string, string>> {
  const rows: { config_name: string; status: string }[] = await dataSource.query(
    'SELECT config_name, status FROM alert_history ORDER BY triggered_at',
  );
  return Object.fromEntries(rows.map(({ config_name, status }) => [config_name, status]));
}
