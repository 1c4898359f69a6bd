import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { requestAt } from '../alerts/alert-builders.js';
import { RollupBench } from './rollup-bench.js';
import type { StreamEvent } from './reference.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 30;
const LATE = 500;
const END = Date.parse('2026-11-22T12:30:30Z');
const START = END - DAYS * DAY;
const TIMEOUT_MS = 120_000;
const METRICS = ['api.request_count', 'api.error_rate', 'api.latency_p95'];

let database: TestDatabase;
let bench: RollupBench;
let ids = 0;

/** Events whose ids make the bench name them in their marks once their minute is over. */
function request(at: number, index: number): StreamEvent {
  const event_id = `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`;
  const status = index % 3 === 0 ? 500 : 200;
  return { ...requestAt(at, { status, ms: 1 + (index % 100), route: `/r/${index % 7}` }), event_id };
}

/** An hour's requests of 30 days, rolled up; then 500 that come late, all over these days and at both ends of the range. */
beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
  bench.clock.at = END;
  const early = Array.from({ length: DAYS * 24 + 2 }, (_, hour) => request(START - HOUR + hour * HOUR, hour));
  await bench.store(early);
  await bench.service.rollUp();
  const spread = Array.from({ length: LATE }, (_, index) => request(START + (index * DAYS * DAY) / LATE, index));
  const edges = [START - 1, START, START + 1, END - MINUTE, END - 1].map((at, index) => request(at, index));
  await bench.store([...spread, ...edges]);
}, TIMEOUT_MS);
afterAll(() => database.drop());

interface Reference {
  group: string;
  count: string;
  rate: number;
  p95: number;
}

/** From the events as they are, by PostgreSQL's own functions. */
async function reference(from: number, to: number, group = `''`): Promise<Reference[]> {
  return bench.dataSource.query(
    `SELECT ${group} AS "group", count(*) AS count, (count(*) FILTER (WHERE status_code >= 500))::float8 / count(*) AS rate,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95
       FROM analytics_events WHERE event_type = 'api_request' AND occurred_at >= $1 AND occurred_at < $2 GROUP BY 1 ORDER BY 1`,
    [new Date(from), new Date(to)],
  );
}

function expectSame(values: Readonly<Record<string, { toNumber(): number } | null>>, expected: Reference): void {
  expect(values['api.request_count']?.toNumber()).toBe(Number(expected.count));
  expect(values['api.error_rate']?.toNumber()).toBeCloseTo(expected.rate, 10);
  expect(Math.abs((values['api.latency_p95']?.toNumber() ?? 0) / expected.p95 - 1)).toBeLessThan(0.01);
}

const range = { from: new Date(START), to: new Date(END) };

it('adds late events to what the rollups say, as a whole, by group and by day', async () => {
  const [whole] = await reference(START, END);
  const groups = await reference(START, END, 'route');
  const days = await reference(START, END, `to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`);
  const midnights = Array.from({ length: DAYS + 1 }, (_, day) => Math.floor(START / DAY + day) * DAY);
  const buckets = midnights.map((start) => ({
    start: new Date(Math.max(start, START)),
    end: new Date(Math.min(start + DAY, END)),
    partial: false,
  }));
  // Twice: what was read before is remembered.
  for (let time = 0; time < 2; time++) {
    const answer = await bench.reader.read({ metrics: METRICS, range });
    expect(answer).toMatchObject({ source: 'hybrid', stale: false });
    expectSame(answer.rows[0]!.values, whole!);
    const grouped = await bench.reader.read({ metrics: METRICS, range, groupBy: ['route'] });
    const rows = [...grouped.rows].sort((left, right) => (left.group['route']! < right.group['route']! ? -1 : 1));
    expect(rows.map(({ group }) => group['route'])).toEqual(groups.map(({ group }) => group));
    rows.forEach(({ values }, index) => expectSame(values, groups[index]!));
    const daily = await bench.reader.read({ metrics: METRICS, range, buckets });
    daily.rows.forEach(({ values }, index) => expectSame(values, days[index]!));
    const filtered = await bench.reader.read({ metrics: METRICS, range, filters: { route: ['/r/3'] } });
    expectSame(filtered.rows[0]!.values, groups[3]!);
  }
});

it('adds what comes later still, and forgets what was rolled up meanwhile', async () => {
  await bench.store([request(START + 3 * DAY + 5_000, 1), request(START + 9 * DAY, 2)]);
  const [more] = await reference(START, END);
  expectSame((await bench.reader.read({ metrics: METRICS, range })).rows[0]!.values, more!);
  await bench.service.rollUp();
  expectSame((await bench.reader.read({ metrics: METRICS, range })).rows[0]!.values, more!);
  await bench.store([request(START + 3 * DAY + 6_000, 3)]);
  const [last] = await reference(START, END);
  expectSame((await bench.reader.read({ metrics: METRICS, range })).rows[0]!.values, last!);
});

it('shows alerts the same, by windows that end anywhere', async () => {
  for (let index = 0; index < 20; index++) {
    const to = END - index * 37_000;
    const live = { until: performance.now() + TIMEOUT_MS };
    const answer = await bench.reader.read({
      metrics: METRICS,
      range: { from: new Date(to - DAY), to: new Date(to) },
      live,
    });
    const [expected] = await reference(to - DAY, to);
    expect(answer.stale).toBe(false);
    expectSame(answer.rows[0]!.values, expected!);
  }
});
