import { TotalRollupRows1763900000000 } from '../../migrations/1763900000000-total-rollup-rows.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RollupBench } from './rollup-bench.js';
import { jobAt, orderAt } from './shop-events.js';

const range = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-22T00:00:00Z') };
const METRICS = ['ml.job_count', 'ml.duration_p95', 'business.sessions'];

let database: TestDatabase;
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
  bench.clock.at = Date.parse('2026-11-22T12:00:00Z');
  await bench.store([
    jobAt('2026-11-21T10:00:00Z', 1_000),
    { ...jobAt('2026-11-21T10:00:00Z', 9_000), provider: 'gemini', status: 'failed' },
    { ...jobAt('2026-11-21T11:00:00Z', 5_000), cost_usd: undefined, input_units: 3 },
    orderAt('2026-11-21T10:00:00Z', 100),
    { ...orderAt('2026-11-21T12:00:00Z', 50), currency: 'EUR' },
  ]);
  await bench.service.rollUp();
});

afterAll(() => database.drop());

async function figures(): Promise<Record<string, number | undefined>> {
  const { totals } = await bench.reader.readTotals({ metrics: METRICS, range });
  return Object.fromEntries(METRICS.map((name) => [name, totals[name]?.toNumber()]));
}

/** What the migration has to make, but the columns that it leaves empty and the bytes that add up to the same sketch. */
function totalRows(): Promise<unknown[]> {
  return database.dataSource.query(
    `SELECT family, granularity, bucket_start, sealed, count, sum::float8, avg, min, max, array_agg(amount::float8) AS sums
       FROM analytics_rollups LEFT JOIN unnest(sums) AS amount ON true WHERE dimensions = '{}'
      GROUP BY family, granularity, bucket_start, sealed, count, sum, avg, min, max ORDER BY 1, 2, 3`,
  );
}

describe('the rows of no dimensions', () => {
  it('are all that an answer looks at which is not cut by anything', async () => {
    const expected = await figures();
    expect(expected).toMatchObject({ 'ml.job_count': 3, 'business.sessions': 2 });
    expect(Math.abs(Number(expected['ml.duration_p95']) / 9_000 - 1)).toBeLessThan(0.01);
    await database.dataSource.query(
      `CREATE TABLE set_aside AS SELECT * FROM analytics_rollups WHERE family = 'ml' AND dimensions <> '{}'`,
    );
    await database.dataSource.query(`DELETE FROM analytics_rollups WHERE family = 'ml' AND dimensions <> '{}'`);
    expect(await figures()).toEqual(expected);
    await database.dataSource.query('INSERT INTO analytics_rollups SELECT * FROM set_aside');
  });

  it('are never part of an answer that is cut', async () => {
    const { rows } = await bench.reader.read({ metrics: ['ml.job_count'], range, groupBy: ['provider'] });
    const jobs = rows.map(({ group, values }) => [group['provider'], values['ml.job_count']?.toNumber()]);
    expect(Object.fromEntries(jobs)).toEqual({ tripo: 2, gemini: 1 });
    const filtered = await bench.reader.readTotals({
      metrics: ['ml.job_count'],
      range,
      filters: { provider: ['gemini'] },
    });
    expect(filtered.totals['ml.job_count']?.toNumber()).toBe(1);
  });

  it('are made by the migration for buckets from before', async () => {
    const [rows, read] = [await totalRows(), await figures()];
    const migration = new TotalRollupRows1763900000000();
    const runner = database.dataSource.createQueryRunner();
    try {
      await migration.down(runner);
      expect(await totalRows()).toEqual([]);
      await migration.up(runner);
    } finally {
      await runner.release();
    }
    expect(await totalRows()).toEqual(rows);
    expect(await figures()).toEqual(read);
  });
});
