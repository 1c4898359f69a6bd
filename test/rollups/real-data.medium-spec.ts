import { PartitionKeeper } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { hasRealData, readRealEvents, type RealFile } from '../support/real-data.js';
import type { StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';

jest.setTimeout(600_000);

/** Files that are looked at. `npm run soak` sets all of them; the others take a minute or more. */
const REAL_FILES = (process.env.REAL_FILES ?? 'ml-jobs').split(',');
const DAY_MS = 86_400_000;
const EVENTS_A_BATCH = 1_000;

/** Emptied days stay: dropping hundreds of partitions is most of the time, and has tests of its own. */
class StayingPartitions extends PartitionKeeper {
  override async dropEmptyDay(): Promise<void> {}
  override async finishDrops(): Promise<void> {}
}

let database: TestDatabase;
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource, { partitions: new StayingPartitions(database.dataSource) });
});

afterAll(() => database.drop());

/**
 * Stores a file on the day after its newest event, rolls it up, and lets its raw events go once they are old.
 * @returns the range that the file covers, at most 400 days
 */
async function rolledUp(name: RealFile): Promise<{ from: Date; to: Date }> {
  const events = readRealEvents<StreamEvent>(name);
  const times = events.map(({ occurred_at: at }) => Date.parse(at));
  const end = Math.ceil(Math.max(...times) / DAY_MS) * DAY_MS;
  bench.clock.at = end + DAY_MS;
  for (let at = 0; at < events.length; at += EVENTS_A_BATCH) await bench.store(events.slice(at, at + EVENTS_A_BATCH));
  await bench.service.rollUp();
  bench.clock.at += 8 * DAY_MS;
  await bench.service.rollUp();
  await bench.retention.apply();
  const [row] = await database.dataSource.query<{ count: number }[]>('SELECT count(*)::int FROM analytics_events');
  expect(row?.count).toBe(0);
  return { from: new Date(end - 400 * DAY_MS), to: new Date(end) };
}

/** Equals whatever is within 1 % of the nearest-rank value. */
function near(value: number): { asymmetricMatch(other: unknown): boolean } {
  return { asymmetricMatch: (other) => typeof other === 'number' && Math.abs(other - value) <= value * 0.01 };
}

const FIGURES: Record<RealFile, [name: string, expectFigures: () => Promise<void>]> = {
  orders: [
    'the sales, to the cent',
    async () => {
      const range = await rolledUp('orders');
      const figures = ['gross_sales', 'returns', 'net_sales', 'orders', 'units', 'average_order_value'];
      const metrics = figures.map((figure) => `business.${figure}`);
      const { totals, source } = await bench.reader.readTotals({ metrics, range, filters: { currency: ['GBP'] } });
      const values = metrics.map((metric) => totals[metric]?.toDecimalPlaces(2).toNumber());
      expect(values).toEqual([2_525_887.68, 131_157.38, 2_394_730.3, 4_672, 1_394_348, 512.57]);
      expect(source).toBe('rollup');
    },
  ],

  'ml-jobs': [
    'the jobs of every provider',
    async () => {
      const range = await rolledUp('ml-jobs');
      const metrics = ['ml.job_count', 'ml.success_count', 'ml.duration_p50', 'ml.duration_p95'];
      const { rows } = await bench.reader.read({ metrics, range, groupBy: ['provider'] });
      const byProvider = rows.map(({ group, values }) => [
        group['provider'],
        metrics.map((metric) => values[metric]?.toNumber()),
      ]);
      expect(Object.fromEntries(byProvider)).toEqual({
        anyscale: [450, 450, near(2257.43), near(3181.74)],
        bedrock: [300, 154, near(3993.42), near(7401.88)],
        fireworks: [450, 450, near(3535.86), near(4029.11)],
        groq: [150, 150, near(804.24), near(941.72)],
        lepton: [450, 60, 0, near(4383.19)],
        perplexity: [150, 148, near(4967.62), near(5749.0)],
        replicate: [445, 445, near(7675.04), near(19_027.48)],
        together: [450, 449, near(2238.74), near(2864.27)],
      });
    },
  ],

  'api-requests': [
    'the requests, their classes and latency',
    async () => {
      const range = await rolledUp('api-requests');
      const { rows } = await bench.reader.read({ metrics: ['api.request_count'], range, groupBy: ['status_class'] });
      const classes = rows.map(({ group, values }) => [group['status_class'], values['api.request_count']?.toNumber()]);
      expect(Object.fromEntries(classes)).toEqual({ '2xx': 8_616, '3xx': 394, '4xx': 929, '5xx': 591 });
      const metrics = ['api.error_rate', 'api.latency_p50', 'api.latency_p95', 'api.latency_p99'];
      const { totals } = await bench.reader.readTotals({ metrics, range });
      const values = metrics.map((metric) => totals[metric]?.toNumber());
      expect(values).toEqual([expect.closeTo(0.056125, 6), near(463), near(1_606), near(2_709)]);
    },
  ],
};

(hasRealData() ? describe : describe.skip)('rollups alone, all raw events gone, give of the real data', () => {
  it.each(REAL_FILES.map((file) => FIGURES[file as RealFile]))('%s', async (_, expectFigures) => expectFigures());
});
