import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RollupBench } from './rollup-bench.js';
import { jobAt, orderAt } from './shop-events.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let database: TestDatabase;
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await bench.clear();
  bench.clock.at = NOW;
});

function waiting(queue: string, value: number, at = bench.clock.at) {
  return { family: 'queues_waiting', at: new Date(at), dimensions: { queue }, value };
}

/** What a rule sees of the last so many minutes. */
async function seen(metric: string, minutes = 5, filters: Record<string, string[]> = {}) {
  const range = { from: new Date(bench.clock.at - minutes * MINUTE_MS), to: new Date(bench.clock.at) };
  const { rows } = await bench.reader.read({ metrics: [metric], range, filters, withFacts: true });
  return { value: rows[0]?.values[metric]?.toNumber() ?? null, facts: rows[0]?.facts?.[metric] };
}

async function counts(): Promise<Record<string, number>> {
  const rows: { level: string; count: number }[] = await database.dataSource.query(
    `SELECT granularity AS level, sum(count)::int AS count FROM analytics_rollups
      WHERE family = 'queues_waiting' GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ level, count }) => [level, count]));
}

describe('samples', () => {
  it('are in the window that ends with the tick that took them, be it on the full minute or between', async () => {
    await bench.sampler.record([waiting('a', 10), waiting('b', 1)]);
    expect(await seen('queue.waiting', 1)).toEqual({ value: 11, facts: 2 });
    bench.clock.at += 7_300;
    await bench.sampler.record([waiting('a', 20)]);
    expect(await seen('queue.waiting', 1, { queue: ['a'] })).toEqual({ value: 15, facts: 2 });
  });

  it('of one minute add up, from ticks that run at once as well', async () => {
    const ticks = Array.from({ length: 20 }, (_, index) => [waiting('b', index), waiting('a', 100 - index)]);
    await Promise.all(ticks.map((samples, index) => bench.sampler.record(index % 2 ? samples : samples.reverse())));
    expect(await seen('queue.waiting', 1, { queue: ['a'] })).toEqual({ value: 90.5, facts: 20 });
    expect(await seen('queue.waiting', 1, { queue: ['b'] })).toEqual({ value: 9.5, facts: 20 });
    expect(await counts()).toEqual({ minute: 40 });
  });

  it('are nothing, not zero, where none was taken', async () => {
    await bench.sampler.record([waiting('a', 10)]);
    bench.clock.at += 10 * MINUTE_MS;
    expect(await seen('queue.waiting')).toEqual({ value: null, facts: 0 });
  });

  it.each([
    ['of a family that is made of events', { family: 'api' }],
    ['of a family that is not there', { family: 'weather' }],
    ['without its dimension', { dimensions: {} }],
    ['that are no number', { value: NaN }],
    ['from hours ago', { at: new Date(NOW - 2 * HOUR_MS) }],
  ])('%s are refused, and nothing of their tick is kept', async (_, broken) => {
    await expect(bench.sampler.record([waiting('a', 1), { ...waiting('a', 1), ...broken }])).rejects.toThrow();
    expect(await counts()).toEqual({});
  });

  it('become hours, days and weeks, while ticks and rollups go on, and stay right when a rollup came in between', async () => {
    for (let hour = 0; hour < 30; hour++) {
      bench.clock.at = NOW + hour * HOUR_MS + MINUTE_MS;
      await Promise.all([bench.sampler.record([waiting('a', hour)]), bench.service.rollUp()]);
      bench.clock.at += 30 * MINUTE_MS;
      await Promise.all([bench.service.rollUp(), bench.sampler.record([waiting('a', hour)])]);
      expect((await seen('queue.waiting', (hour + 1) * 60)).facts).toBe(2 * (hour + 1));
    }
    bench.clock.at = NOW + 40 * HOUR_MS;
    await bench.service.rollUp();
    expect(await counts()).toEqual({ minute: 60, hourly: 60, daily: 60 });
    expect((await seen('queue.waiting', 3 * 24 * 60)).value).toBe(14.5);
  });

  it('outlive their minutes, also when nothing was rolled up until these were old', async () => {
    await bench.sampler.record([waiting('a', 3)]);
    bench.clock.at += MINUTE_MS;
    await bench.sampler.record([waiting('a', 5)]);
    bench.clock.at = NOW + 5 * DAY_MS;
    await bench.retention.apply();
    expect((await seen('queue.waiting', 6 * 24 * 60)).value).toBe(4);
    await bench.service.rollUp();
    await bench.retention.apply();
    expect(await counts()).toEqual({ hourly: 2, daily: 2 });
    expect(await seen('queue.waiting', 6 * 24 * 60)).toEqual({ value: 4, facts: 2 });
    bench.clock.at = NOW + 100 * DAY_MS;
    await bench.service.rollUp();
    await bench.retention.apply();
    expect(await counts()).toEqual({ daily: 2, weekly: 2 });
  });

  it('are left alone by a rebuild, and by the end of their raw day', async () => {
    await bench.sampler.record([waiting('a', 3)]);
    await bench.store([orderAt(new Date(NOW).toISOString(), 1)]);
    bench.clock.at = NOW + 13 * HOUR_MS;
    await bench.service.rollUp();
    const before = await counts();
    expect(before).toEqual({ minute: 1, hourly: 1, daily: 1 });
    await bench.rebuild.rebuild({ from: new Date(NOW - DAY_MS), to: new Date(NOW + DAY_MS) });
    expect(await counts()).toEqual(before);
    bench.clock.at = NOW + 10 * DAY_MS;
    await bench.service.rollUp();
    expect((await bench.retention.apply()).daysDropped).toEqual(['2026-11-22']);
    expect((await seen('queue.waiting', 20 * 24 * 60)).value).toBe(3);
  });
});

describe('the newest event of a type', () => {
  it('is found raw, and by its bucket when raw is gone; what never happened is absent', async () => {
    await bench.store([jobAt('2026-11-22T11:59:30Z', 1), orderAt('2026-11-22T03:00:00Z', 1)]);
    const found = await bench.newest.at(new Date(NOW));
    expect(Object.fromEntries(found)).toEqual({
      ml_job: new Date('2026-11-22T11:59:30Z'),
      order: new Date('2026-11-22T03:00:00Z'),
    });
    bench.clock.at = NOW + 10 * DAY_MS;
    await bench.service.rollUp();
    expect((await bench.newest.at(bench.clock.now())).get('order')).toEqual(new Date('2026-11-22T04:00:00Z'));
  });
});

describe('stock', () => {
  const reported = (minute: number, product: string, quantity: number) => ({
    ...orderAt(new Date(NOW - minute * MINUTE_MS).toISOString(), 1),
    event_type: 'inventory' as const,
    product_id: product,
    collection: 'c',
    quantity,
  });

  it('is the last that is known at the end of a window, however long before the window it was reported', async () => {
    await bench.store([reported(5 * 24 * 60, 'a', 50), reported(300, 'a', 7), reported(2, 'b', 4)]);
    const expectStock = async (): Promise<void> => {
      expect(await seen('business.inventory')).toEqual({ value: 11, facts: 3 });
      expect((await seen('business.inventory', 1, { product: ['a'] })).value).toBe(7);
      expect((await seen('business.inventory_at')).value).toBe(NOW / 1_000 - 120);
    };
    await expectStock();
    await bench.service.rollUp();
    await expectStock();
    bench.clock.at += 200 * DAY_MS;
    await bench.service.rollUp();
    await expectStock();
  });
});

describe('a window that slides', () => {
  it('is exact to the millisecond, from raw events at its ends and rollups between', async () => {
    const instants = Array.from({ length: 600 }, (_, index) => NOW - index * 1_500 - 1);
    await bench.store(instants.map((ms) => jobAt(new Date(ms).toISOString(), 1)));
    await bench.service.rollUp();
    for (const [from, to] of [
      [NOW - 307_250, NOW - 7_250],
      [NOW - 59_999, NOW - 1],
      [NOW - 600_000, NOW],
    ] as const) {
      const range = { from: new Date(from), to: new Date(to) };
      const { totals } = await bench.reader.readTotals({ metrics: ['ml.job_count'], range });
      expect(totals['ml.job_count']?.toNumber()).toBe(instants.filter((ms) => ms >= from && ms < to).length);
    }
  });
});
