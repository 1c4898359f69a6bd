import { randomUUID } from 'node:crypto';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import { CostEstimates } from '../../src/ml-analytics/pricing/cost-estimates.js';
import { PricingRepository } from '../../src/ml-analytics/pricing/pricing.repository.js';
import { PricingService } from '../../src/ml-analytics/pricing/pricing.service.js';
import type { StreamEvent } from '../rollups/reference.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';

jest.setTimeout(120_000);
const MIDNIGHT = Date.parse('2026-11-22T00:00:00Z');
const MINUTE = 60_000;
const PRICES = [
  { provider: 'c46', model: '*', usd_per_job: 5, valid_from: '2026-01-01T00:00:00Z' },
  { provider: 'c46', model: '*', usd_per_job: 7, valid_from: '2026-11-22T00:00:00Z' },
  { provider: 'c46', model: 'fine', usd_per_second: 0.5, valid_from: '2026-01-01T00:00:00Z' },
];

let database: TestDatabase;
let bench: AlertBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource, { intervalSeconds: 60 });
  const pricing = new PricingService(new PricingRepository(database.dataSource));
  await pricing.replace(PRICES, 'tester');
  new CostEstimates(pricing, bench.rollups.estimates).onModuleInit();
});
afterEach(() => bench.clear());
afterAll(() => database.drop());

function job(minutes: number, overrides: object = {}): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'ml_job',
    occurred_at: new Date(MIDNIGHT + minutes * MINUTE + 1_000).toISOString(),
    pipeline: '3d',
    provider: 'c46',
    status: 'succeeded',
    duration_ms: 4_000,
    ...overrides,
  };
}

/** What each alert of the rule was about when it began, live and in a preview, at five past midnight. */
async function costs(
  rule: Partial<AlertConfig>,
  events: readonly StreamEvent[],
): Promise<[string | null, number | null][]> {
  const at = MIDNIGHT + 5 * MINUTE;
  const config = await bench.add({ metric: 'ml.cost_usd', windowSeconds: 600, threshold: 0, ...rule });
  bench.rollups.clock.at = at;
  await bench.rollups.store(events);
  await bench.tick(at);
  const live = (await bench.history()).map((row): [string | null, number | null] => [row.group_value, row.value]);
  await bench.rollups.service.rollUp();
  bench.rollups.clock.at = at + MINUTE;
  const { firings } = await bench.preview.preview(config, { from: new Date(at), to: new Date(at + 1_000) });
  expect(firings.map(({ group, peak }) => [group, peak]).sort()).toEqual([...live].sort());
  return live;
}

it('counts what jobs cost that did not report it', async () => {
  expect(await costs({ threshold: 10 }, [job(1), job(2), job(3)])).toEqual([[null, 21]]);
});

it('fires at 15 for three jobs at 5 each', async () => {
  expect(await costs({ threshold: 10 }, [job(-4), job(-3), job(-2)])).toEqual([[null, 15]]);
});

it('takes the price of the day on both sides of a midnight, and the model’s own', async () => {
  // 5 + 7 by job, 4 s × 0.5 by second, 0.25 reported.
  const events = [job(-1), job(1), job(1, { model: 'fine' }), job(2, { cost_usd: 0.25 })];
  expect(await costs({}, events)).toEqual([[null, 14.25]]);
});

it('is cut by provider, pipeline and model', async () => {
  const events = [
    job(1),
    job(1, { model: 'fine', pipeline: 'assets' }),
    job(1, { provider: 'other', cost_usd: 3 }),
    job(1, { provider: 'unpriced' }),
  ];
  expect(await costs({ groupBy: 'provider' }, events)).toEqual([
    ['c46', 9],
    ['other', 3],
  ]);
  await bench.clear();
  expect(await costs({ filters: { pipeline: 'assets' } }, events)).toEqual([[null, 2]]);
  await bench.clear();
  expect(await costs({ filters: { provider: 'c46' }, groupBy: 'model' }, events)).toEqual([
    ['(none)', 7],
    ['fine', 2],
  ]);
});

it('is of the failed and cancelled jobs alone where what was wasted is asked for', async () => {
  const events = [job(1), job(1, { status: 'failed' }), job(1, { status: 'cancelled', cost_usd: 1 })];
  expect(await costs({ metric: 'ml.wasted_cost_usd' }, events)).toEqual([[null, 8]]);
});
