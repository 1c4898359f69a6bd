import fc from 'fast-check';
import { DistinctSketch } from '../../src/metrics/domain/distinct-sketch.js';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import type { Level } from '../../src/metrics/planner/level.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { keyOf, nearestRank, referenceRows, type ReferenceRow, type StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';
import { actions, STREAM_END, type Action } from './streams.js';

/** 500 in CI; the long run sets more. */
const RUNS = Number(process.env['ROLLUP_RUNS'] ?? 500);
const HOUR_MS = 3_600_000;
const CHECKED_FAMILIES = ['api', 'ml', 'orders', 'order_collections', 'storefront'];

interface StoredRow {
  family: string;
  bucket_start: Date;
  dimensions: string[];
  count: string;
  sum: string | null;
  min: number | null;
  max: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  sums: string[];
  distinct_sketch: Buffer | null;
}

let database: TestDatabase;
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  // Durability is not what is tested here, and thousands of small commits wait for the disk otherwise.
  await database.dataSource.query(`ALTER DATABASE ${database.dataSource.driver.database} SET synchronous_commit = off`);
  await database.dataSource.destroy();
  await database.dataSource.initialize();
  const families = FAMILIES.filter(({ name }) => CHECKED_FAMILIES.includes(name));
  bench = new RollupBench(database.dataSource, { families, metrics: [] });
});

afterAll(() => database.drop());

async function perform(action: Action, known: Map<string, StreamEvent>): Promise<void> {
  const remember = (events: readonly StreamEvent[]): void =>
    events.forEach((event) => {
      const key = `${event.event_id} ${event.occurred_at}`;
      if (!known.has(key)) known.set(key, event);
    });
  if (action.kind === 'store') {
    remember(action.events);
    await bench.store(action.events);
  } else if (action.kind === 'repeat') await bench.store([...known.values()].slice(0, 5));
  else if (action.kind === 'advance') bench.clock.at += action.minutes * 60_000;
  else if (action.kind === 'roll-up') await bench.service.rollUp();
  else if (action.kind === 'crash') await bench.crash();
  else {
    remember(action.events);
    await Promise.all([bench.service.rollUp(), bench.store(action.events), bench.service.rollUp()]);
  }
}

async function storedRows(level: Level): Promise<Map<string, StoredRow>> {
  const rows: StoredRow[] = await database.dataSource.query(
    `SELECT * FROM analytics_rollups WHERE granularity = $1 AND family = ANY($2)`,
    [level, CHECKED_FAMILIES],
  );
  return new Map(rows.map((row) => [keyOf(row.family, row.bucket_start.toISOString(), row.dimensions), row]));
}

async function expectLevel(level: Level, events: Iterable<StreamEvent>): Promise<void> {
  const stored = await storedRows(level);
  const reference = referenceRows(events, level);
  expect([...stored.keys()].sort()).toEqual([...reference.keys()].sort());
  for (const [key, expected] of reference) expectRow(stored.get(key), expected);
}

function expectRow(row: StoredRow | undefined, expected: ReferenceRow): void {
  if (!row) throw new Error('unreachable: the keys are equal');
  expect(Number(row.count)).toBe(expected.count);
  expectSums(row, expected);
  expect(row.distinct_sketch ? DistinctSketch.fromBytes(row.distinct_sketch).estimate() : 0).toBe(expected.people.size);
  if (expected.values.length === 0) return;
  expect(Number(row.sum)).toBe(expected.values.reduce((total, value) => total + value, 0));
  expect([row.min, row.max]).toEqual([Math.min(...expected.values), Math.max(...expected.values)]);
  for (const [q, answer] of [
    [0.5, row.p50],
    [0.95, row.p95],
    [0.99, row.p99],
  ] as const) {
    const exact = nearestRank(expected.values, q);
    expect(Math.abs((answer ?? NaN) - exact)).toBeLessThanOrEqual(exact * 0.01);
  }
}

function expectSums(row: StoredRow, expected: ReferenceRow): void {
  const measures = Object.keys(bench.catalogue.family(row.family).sums ?? {});
  measures.forEach((measure, place) => {
    const exact = expected.sums[measure];
    // A share of a discount ends where the database's numeric division does; everything else is exact.
    if (exact)
      expect(
        exact
          .minus(row.sums[place] ?? NaN)
          .abs()
          .toNumber(),
      ).toBeLessThan(measure === 'discount' ? 1e-9 : 1e-30);
  });
}

describe('rollups', () => {
  it(
    'equal what the plainest computation over all events gives, whatever came late, twice, at once or between crashes',
    async () => {
      await fc.assert(
        fc.asyncProperty(actions, async (script) => {
          await bench.clear();
          bench.clock.at = STREAM_END - 6 * HOUR_MS;
          const known = new Map<string, StreamEvent>();
          for (const action of script) await perform(action, known);

          bench.clock.at = Math.max(bench.clock.at, STREAM_END + HOUR_MS);
          await Promise.all([bench.service.rollUp(), bench.service.rollUp()]);
          const withinMinutes = bench.clock.at < STREAM_END + 12 * HOUR_MS;
          if (withinMinutes) await expectLevel('minute', known.values());
          await expectLevel('hourly', known.values());

          bench.clock.at = STREAM_END + 10 * 24 * HOUR_MS;
          await bench.service.rollUp();
          await expectLevel('hourly', known.values());
          await expectLevel('daily', known.values());
          await expectLevel('weekly', known.values());
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + RUNS * 2_000,
  );
});
