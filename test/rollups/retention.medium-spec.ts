import { PartitionKeeper } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RollupBench } from './rollup-bench.js';
import { jobAt, orderAt } from './shop-events.js';

jest.setTimeout(120_000);

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Older than RAW_RETENTION_DAYS. */
const OLD_DAY = '2026-11-02';
const OLD_WEEK = Array.from({ length: 7 }, (_, day) => `2026-11-${String(day + 2).padStart(2, '0')}`);

/** Dies after the day was sealed and emptied, before its partition goes. */
class DyingPartitions extends PartitionKeeper {
  diesNext = false;

  override async dropEmptyDay(day: string): Promise<void> {
    if (this.diesNext) {
      this.diesNext = false;
      throw new Error('The worker died here.');
    }
    await super.dropEmptyDay(day);
  }
}

let database: TestDatabase;
let partitions: DyingPartitions;
let bench: RollupBench;

beforeEach(async () => {
  database = await createTestDatabase();
  partitions = new DyingPartitions(database.dataSource);
  bench = new RollupBench(database.dataSource, { partitions });
  bench.clock.at = NOW;
});

afterEach(() => database.drop());

/** Everything rolled up, and everything old and quiet gone from raw. */
async function letRawGo(): Promise<string[]> {
  await bench.service.rollUp();
  bench.clock.at += 8 * DAY_MS;
  await bench.service.rollUp();
  return (await bench.retention.apply()).daysDropped;
}

/** Of whole days up to last midnight, so that nothing of them is still open. */
async function figures(days: number) {
  const midnight = Math.floor(bench.clock.at / DAY_MS) * DAY_MS;
  const range = { from: new Date(midnight - days * DAY_MS), to: new Date(midnight) };
  const metrics = ['business.orders', 'business.gross_sales', 'business.sessions', 'ml.job_count', 'ml.cost_usd'];
  const { totals, source } = await bench.reader.readTotals({ metrics, range });
  const values = metrics.map((metric) => totals[metric]?.toNumber());
  return { values, source };
}

async function rawEvents(): Promise<number> {
  const [row]: { count: number }[] = await database.dataSource.query(
    'SELECT count(*)::int AS count FROM analytics_events',
  );
  return row?.count ?? -1;
}

describe('raw days', () => {
  it('go once they are old, and their figures stay', async () => {
    await bench.store(
      OLD_WEEK.flatMap((day, place) => [orderAt(`${day}T23:59:59Z`, place + 1), jobAt(`${day}T00:00:00Z`, 2_000)]),
    );
    expect(await letRawGo()).toEqual(OLD_WEEK);
    expect(await rawEvents()).toBe(0);
    expect((await partitions.list()).filter((day) => OLD_WEEK.includes(day))).toEqual([]);
    for (const days of [30, 400]) {
      expect(await figures(days)).toEqual({ values: [7, 28, 7, 7, 14], source: 'rollup' });
    }
  });

  it('stay while they are not rolled up, and while something is still received for them', async () => {
    await bench.store([orderAt(`${OLD_DAY}T10:00:00Z`, 5)]);
    expect((await bench.retention.apply()).daysDropped).toEqual([]);
    await bench.service.rollUp();
    bench.clock.at += 6 * DAY_MS;
    await bench.store([orderAt(`${OLD_DAY}T11:00:00Z`, 7)]);
    await bench.service.rollUp();
    bench.clock.at += 2 * DAY_MS;
    expect((await bench.retention.apply()).daysDropped).toEqual([]);
    bench.clock.at += 6 * DAY_MS;
    expect((await bench.retention.apply()).daysDropped).toEqual([OLD_DAY]);
    expect((await figures(60)).values).toEqual([2, 12, 2, 0, 0]);
  });
});

describe('a day that was dropped', () => {
  it('takes a backfill and a late event in, each once, and knows a retry', async () => {
    await bench.store([orderAt(`${OLD_DAY}T10:00:00Z`, 1), jobAt(`${OLD_DAY}T10:00:00Z`, 1_000)]);
    await letRawGo();
    const backfill = [orderAt(`${OLD_DAY}T10:00:30Z`, 10), orderAt(`${OLD_DAY}T20:00:00Z`, 100)];
    await bench.store(backfill);
    expect((await figures(60)).values).toEqual([3, 111, 3, 1, 1]);
    await bench.service.rollUp();
    const late = orderAt(`${OLD_DAY}T10:00:59Z`, 1_000);
    await bench.store([late]);
    expect((await figures(60)).values).toEqual([4, 1_111, 4, 1, 1]);
    await bench.store([...backfill, late]);
    await bench.service.rollUp();
    expect((await figures(60)).values).toEqual([4, 1_111, 4, 1, 1]);
    expect(await letRawGo()).toEqual([OLD_DAY]);
    expect(await rawEvents()).toBe(0);
    expect(await figures(60)).toEqual({ values: [4, 1_111, 4, 1, 1], source: 'rollup' });
  });

  it('is counted once when the worker dies between sealing it and dropping its partition', async () => {
    await bench.store([orderAt(`${OLD_DAY}T10:00:00Z`, 3)]);
    await bench.service.rollUp();
    bench.clock.at += 8 * DAY_MS;
    partitions.diesNext = true;
    await expect(bench.retention.apply()).rejects.toThrow('1 raw days could not be dropped');
    expect([await rawEvents(), (await figures(60)).values]).toEqual([0, [1, 3, 1, 0, 0]]);
    expect(await partitions.list()).toContain(OLD_DAY);
    await bench.store([orderAt(`${OLD_DAY}T10:00:01Z`, 4)]);
    await letRawGo();
    await letRawGo();
    expect(await partitions.list()).not.toContain(OLD_DAY);
    expect((await figures(60)).values).toEqual([2, 7, 2, 0, 0]);
  });
});

describe('a worker that stood still', () => {
  it('for three days fills every bucket of every level in one run, once', async () => {
    const hours = Array.from({ length: 72 }, (_, hour) => new Date(NOW + hour * 3_600_000).toISOString());
    for (const hour of hours) {
      bench.clock.at = Date.parse(hour);
      await bench.store([orderAt(hour, 1)]);
    }
    bench.clock.at = NOW + 3 * DAY_MS;
    await bench.service.rollUp();
    const again = await bench.service.rollUp();
    expect(again).toEqual({ buckets: 0, rows: 0 });
    const rows: { granularity: string; rows: number; orders: number }[] = await database.dataSource.query(
      `SELECT granularity, count(*)::int AS rows, sum(count)::int AS orders FROM analytics_rollups
        WHERE family = 'orders' AND dimensions <> '{}' GROUP BY 1 ORDER BY 1`,
    );
    // 22nd 12:00 to 25th 12:00: of the 24 minutes a day those of the last two days are kept, 22nd to 24th are over.
    expect(rows).toEqual([
      { granularity: 'daily', rows: 3, orders: 60 },
      { granularity: 'hourly', rows: 72, orders: 72 },
      { granularity: 'minute', rows: 49, orders: 49 },
    ]);
  });
});

describe('a backfill of 800 days', () => {
  it('makes its partitions, and answers 400 days exactly, before and after raw is gone', async () => {
    // A day in 32 will do: making and dropping partitions is what takes the time.
    const days = Array.from({ length: 26 }, (_, place) =>
      new Date(NOW - (place * 32 * 24 + 1) * HOUR_MS).toISOString(),
    );
    await bench.store(days.map((day) => orderAt(day, 2)));
    await bench.service.rollUp();
    expect(await figures(400)).toMatchObject({ values: [12, 24, 1, 0, 0] });
    const dropped = await letRawGo();
    expect(dropped).toHaveLength(days.length);
    bench.clock.at -= 8 * DAY_MS;
    expect(await figures(400)).toEqual({ values: [12, 24, 1, 0, 0], source: 'rollup' });
  });
});
