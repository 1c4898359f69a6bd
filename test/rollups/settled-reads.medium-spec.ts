import { ProveSettledRollups1763900000081 } from '../../migrations/1763900000081-prove-settled-rollups.js';
import type { MetricRead } from '../../src/metrics/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';
import { jobAt, orderAt } from './shop-events.js';

const HOUR_MS = 3_600_000;
const range = { from: new Date('2026-11-14T00:00:00Z'), to: new Date('2026-11-22T12:00:00Z') };
const lastDay = { from: new Date('2026-11-21T12:00:00Z'), to: new Date('2026-11-22T12:00:00Z') };
/** A series, whose points are shorter than an hour, is put together from minutes. */
const quarters = Array.from({ length: 96 }, (_, index) => {
  const start = new Date(lastDay.from.getTime() + (index * HOUR_MS) / 4);
  return { start, end: new Date(start.getTime() + HOUR_MS / 4), partial: false };
});
const READS: MetricRead[] = [
  { metrics: ['ml.job_count', 'ml.duration_p95', 'ml.cost_usd', 'business.sessions'], range },
  { metrics: ['ml.job_count', 'ml.duration_avg'], range: lastDay, groupBy: ['provider'] },
  { metrics: ['ml.job_count', 'ml.duration_p50'], range: lastDay, buckets: quarters },
  { metrics: ['ml.job_count'], range: lastDay, buckets: quarters, groupBy: ['status'] },
  { metrics: ['business.inventory', 'business.inventory_at'], range, groupBy: ['product'] },
];

let database: TestDatabase;
/** Reads again and again; `plain` never remembers anything. */
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
  bench.clock.at = Date.parse('2026-11-22T12:00:00Z');
  await bench.store([
    jobAt('2026-11-15T10:00:00Z', 1_000),
    jobAt('2026-11-20T10:00:00Z', 2_000),
    jobAt('2026-11-21T14:05:00Z', 3_000),
    { ...jobAt('2026-11-21T14:40:00Z', 9_000), provider: 'gemini', status: 'failed' },
    orderAt('2026-11-21T10:00:00Z', 100),
    stockAt('2026-11-20T09:00:00Z', 7),
  ]);
  await bench.service.rollUp();
});

afterAll(() => database.drop());

function stockAt(occurredAt: string, quantity: number): StreamEvent {
  const { event_id, occurred_at, correlation_id } = orderAt(occurredAt, 0);
  return { event_id, occurred_at, correlation_id, event_type: 'inventory', product_id: 'p1', quantity };
}

async function figures(of: RollupBench): Promise<unknown> {
  const answers = await of.reader.readAll(READS);
  return JSON.parse(JSON.stringify(answers.map(({ rows, source, stale }) => ({ rows, source, stale })))) as unknown;
}

/** What a process answers that has read nothing before. */
async function plainFigures(): Promise<unknown> {
  const plain = new RollupBench(database.dataSource);
  plain.clock.at = bench.clock.at;
  return figures(plain);
}

async function expectCurrent(): Promise<void> {
  expect(await figures(bench)).toEqual(await plainFigures());
}

describe('reads that remember closed buckets', () => {
  it('do not read them again', async () => {
    const before = await figures(bench);
    await database.dataSource.query(
      `CREATE TABLE set_aside AS SELECT * FROM analytics_rollups WHERE dimensions <> '{}'`,
    );
    await database.dataSource.query(`DELETE FROM analytics_rollups WHERE dimensions <> '{}'`);
    expect(await figures(bench)).toEqual(before);
    expect(await plainFigures()).not.toEqual(before);
    await database.dataSource.query('INSERT INTO analytics_rollups SELECT * FROM set_aside');
  });

  it.each([
    ['late, and named by its mark', jobAt('2026-11-22T11:30:00Z', 4_000)],
    ['of an hour that was empty', jobAt('2026-11-22T03:00:00Z', 500)],
    ['of a minute that has others', jobAt('2026-11-21T14:05:30Z', 70_000)],
    ['of another day', jobAt('2026-11-16T10:00:00Z', 5_000)],
    ['of a session that was not seen', { ...orderAt('2026-11-21T11:00:00Z', 10), session_id: 'somebody-else' }],
    ['of a stock', stockAt('2026-11-20T09:30:00Z', 3)],
  ])('see an event before and after it is rolled up: %s', async (_name, event) => {
    await expectCurrent();
    const before = await figures(bench);
    await bench.store([event]);
    await expectCurrent();
    expect(await figures(bench)).not.toEqual(before);
    // The minutes hold it, their hour is still to be written.
    for (const family of bench.catalogue.eventFamilies) await bench.service.step(family, 'minute');
    await expectCurrent();
    await bench.service.rollUp();
    await expectCurrent();
    expect(await figures(bench)).not.toEqual(before);
  });

  it('see what was sealed, and what came afterwards', async () => {
    await expectCurrent();
    bench.clock.at += 9 * 24 * HOUR_MS;
    expect((await bench.retention.apply()).daysDropped).not.toEqual([]);
    await expectCurrent();
    await bench.store([jobAt('2026-11-20T10:00:30Z', 6_000)]);
    await bench.service.rollUp();
    await expectCurrent();
  });

  it('know stocks from before the totals of these by what the migration makes', async () => {
    const totals = (): Promise<unknown[]> =>
      database.dataSource.query(
        `SELECT granularity, bucket_start, sealed, count, last_value, last_at FROM analytics_rollups
          WHERE family = 'inventory' AND dimensions = '{}' ORDER BY 1, 2, 3`,
      );
    const before = await totals();
    const migration = new ProveSettledRollups1763900000081();
    const runner = database.dataSource.createQueryRunner();
    try {
      await migration.down(runner);
      expect(await totals()).toEqual([]);
      expect(await plainFigures()).toEqual(await figures(bench));
      await migration.up(runner);
    } finally {
      await runner.release();
    }
    expect(await totals()).toEqual(before);
    await expectCurrent();
  });
});
