import { job, MlBench, price, type Job } from '../../test/ml/ml-bench.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import { InvalidInputError } from '../platform/errors/index.js';
import type { PriceDto } from './pricing/price.dto.js';

const NOW = '2026-11-22T12:00:00Z';
const YESTERDAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };

let database: TestDatabase;
let ml: MlBench;
/** As the migrations leave it. */
let seed: PriceDto[];

beforeAll(async () => {
  database = await createTestDatabase();
  ml = new MlBench(database.dataSource);
  seed = await ml.pricing.list();
});

afterAll(() => database.drop());

beforeEach(() => ml.clear(NOW));

const store = (jobs: readonly Job[]): Promise<void> => ml.rollups.store(jobs);
const at = (hour: number): string => `2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`;

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).errors;
}

describe('the providers of the house', () => {
  const NONE = {
    jobs: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    success_rate: null,
    duration_ms: { avg: null, p50: null, p95: null, p99: null },
    cost_usd: { reported: 0, estimated: 0, total: null, jobs_without_cost: 0 },
    cost_per_successful_job_usd: null,
    wasted_cost_usd: 0,
  };
  let house: MlBench;
  beforeEach(() => {
    house = new MlBench(database.dataSource, ['replicate', 'tripo', 'gemini']);
    house.rollups.clock.at = Date.parse(NOW);
  });

  it('are listed with zeros and nulls where they have no jobs, behind those that have some', async () => {
    await store([job(at(1), { provider: 'tripo', model: 'a' }), job(at(2), { provider: 'other', pipeline: '3d' })]);
    const { providers } = await house.providers.providers(YESTERDAY);
    expect(providers.map(({ provider, jobs }) => [provider, jobs])).toEqual([
      ['other', 1],
      ['tripo', 1],
      ['gemini', 0],
      ['replicate', 0],
    ]);
    expect(providers[3]).toMatchObject({ provider: 'replicate', ...NONE, models: [] });
    for (const pipeline of ['3d', 'descriptions'] as const) {
      const { by_provider } = await house.pipelines.pipeline(pipeline, YESTERDAY);
      expect(by_provider.map(({ provider }) => provider)).toEqual(
        expect.arrayContaining(['gemini', 'replicate', 'tripo']),
      );
    }
    expect((await house.pipelines.assets(YESTERDAY)).by_provider).toMatchObject(
      ['gemini', 'replicate', 'tripo'].map((provider) => ({ provider, ...NONE })),
    );
  });

  it('are listed only where a filter admits them', async () => {
    await store([job(at(1), { provider: 'tripo', model: 'a' })]);
    const { providers } = await house.providers.providers({ ...YESTERDAY, provider: ['gemini', 'unknown'] });
    expect(providers.map(({ provider, jobs }) => [provider, jobs])).toEqual([['gemini', 0]]);
  });
});

describe('the figures of jobs', () => {
  it('are zeros and nulls when nothing ran', async () => {
    expect(await ml.overviews.overview({ ...YESTERDAY, step: '1d' })).toMatchObject({
      jobs: 0,
      success_rate: null,
      duration_ms: { avg: null, p50: null, p95: null, p99: null },
      cost_usd: { reported: 0, estimated: 0, total: null, jobs_without_cost: 0 },
      cost_per_successful_job_usd: null,
      wasted_cost_usd: 0,
      by_pipeline: [],
      series: [{ t: '2026-11-21T00:00:00.000Z', jobs: 0, success_rate: null, duration_p95_ms: null, cost_usd: 0 }],
    });
  });

  it('count every status, cost failed jobs too, and leave cancelled ones out of the success rate', async () => {
    await store([
      job(at(1), { cost_usd: 0.3, duration_ms: 2_000 }),
      job(at(2), { cost_usd: 0.5, duration_ms: 4_000, status: 'failed', error_code: 'timeout' }),
      job(at(3), { cost_usd: 0.1, duration_ms: 6_000, status: 'cancelled' }),
      job(at(4), { cost_usd: 0.1, duration_ms: 0 }),
    ]);
    await ml.rawAndRolledUp(async () => {
      const answer = await ml.pipelines.pipeline('3d', YESTERDAY);
      expect(answer).toMatchObject({
        jobs: 4,
        succeeded: 2,
        failed: 1,
        cancelled: 1,
        success_rate: 2 / 3,
        cost_usd: { reported: 1, estimated: 0, total: 1, jobs_without_cost: 0 },
        cost_per_successful_job_usd: 0.5, // 1.0 / 2
        wasted_cost_usd: 0.6, // 0.5 + 0.1
        errors: [{ error_code: 'timeout', count: 1 }],
      });
      expect(answer.duration_ms.avg).toBe(3_000);
      expect(answer.duration_ms.p50).toBeCloseTo(2_000, -2); // 2nd of 0, 2000, 4000, 6000
    });
  });

  it('do not know a cost that nobody reported and no price covers', async () => {
    await store([job(at(1)), job(at(2), { status: 'failed' })]);
    await ml.rawAndRolledUp(async () => {
      expect(await ml.overviews.overview({ ...YESTERDAY, step: '1d' })).toMatchObject({
        cost_usd: { reported: 0, estimated: 0, total: null, jobs_without_cost: 2 },
        cost_per_successful_job_usd: null,
        wasted_cost_usd: null,
        series: [{ jobs: 2, cost_usd: null }],
      });
    });
  });
});

describe('estimates', () => {
  it('put the rates on what the jobs used; a reported cost always wins, 0 included', async () => {
    await ml.pricing.replace(
      [price({ usd_per_job: 0.2, usd_per_second: 0.01, usd_per_input_unit: 0.001, usd_per_output_unit: 0.002 })],
      'test',
    );
    await store([
      job(at(1), { duration_ms: 1_500, input_units: 10, output_units: 20 }), // 0.2 + 0.015 + 0.01 + 0.04
      job(at(2), { duration_ms: 500, status: 'failed' }), // 0.2 + 0.005
      job(at(3), { cost_usd: 0, input_units: 1_000_000 }),
      job(at(4), { cost_usd: 3 }),
    ]);
    await ml.rawAndRolledUp(async () => {
      expect(await ml.overviews.overview(YESTERDAY)).toMatchObject({
        cost_usd: { reported: 3, estimated: 0.47, total: 3.47, jobs_without_cost: 0 },
        cost_per_successful_job_usd: 1.156667, // 3.47 / 3
        wasted_cost_usd: 0.205,
      });
    });
  });

  it('prefer the exact model, then the latest price valid at the job, cut at its midnight', async () => {
    await ml.pricing.replace(
      [
        price({ usd_per_job: 1 }),
        price({ usd_per_job: 2, valid_from: '2026-11-21T00:00:00Z' }),
        price({ usd_per_job: 100, valid_from: '2026-11-23' }),
        price({ model: 'm', usd_per_job: 10, valid_from: '2026-11-20' }),
      ],
      'test',
    );
    await store([
      job('2026-11-20T23:59:59.999Z'), // 1
      job('2026-11-21T00:00:00Z'), // 2
      job('2026-11-21T05:00:00Z', { model: 'm' }), // 10
      job('2026-11-19T23:00:00Z', { model: 'm' }), // 1: its own price is not valid yet
    ]);
    const range = { from: '2026-11-15T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    await ml.rawAndRolledUp(async () => {
      const week = await ml.overviews.overview({ ...range, step: '1w' });
      expect(week.cost_usd.estimated).toBe(14);
      expect(week.series.map(({ cost_usd }) => cost_usd)).toEqual([14]);
      const days = await ml.overviews.overview({ ...range, step: '1d' });
      expect(days.series.map(({ cost_usd }) => cost_usd)).toEqual([0, 0, 0, 0, 1, 1, 12]);
    });
  });

  it('do not take a job without units for free when the price is per unit', async () => {
    await ml.pricing.replace([price({ usd_per_input_unit: 0.5 })], 'test');
    await store([job(at(1)), job(at(2), { input_units: 4 })]);
    await ml.rawAndRolledUp(async () => {
      expect((await ml.overviews.overview(YESTERDAY)).cost_usd).toEqual({
        reported: 0,
        estimated: 2,
        total: 2,
        jobs_without_cost: 1,
      });
    });
  });

  it('correct the past when a price is corrected', async () => {
    await store([job('2026-09-01T10:00:00Z', { provider: 'replicate', duration_ms: 100_000 })]);
    await ml.rollups.service.rollUp();
    const range = { from: '2026-08-30T00:00:00Z', to: '2026-09-06T00:00:00Z' };
    const estimated = async () => (await ml.overviews.overview(range)).cost_usd.estimated;
    await ml.pricing.replace([price({ provider: 'replicate', usd_per_second: 0.001 })], 'test');
    expect(await estimated()).toBe(0.1);
    await ml.pricing.replace([price({ provider: 'replicate', usd_per_second: 0.002 })], 'test');
    expect(await estimated()).toBe(0.2);
  });
});

describe('the breakdowns', () => {
  it('show providers and models, most jobs first, each with its own figures', async () => {
    await store([
      job(at(1), { provider: 'tripo', model: 'a', cost_usd: 1 }),
      job(at(2), { provider: 'tripo', model: 'b', cost_usd: 2, status: 'failed' }),
      job(at(3), { provider: 'tripo', cost_usd: 4 }),
      job(at(4), { provider: 'replicate', model: 'a', cost_usd: 8, pipeline: 'descriptions' }),
    ]);
    await ml.rawAndRolledUp(async () => {
      const all = await ml.providers.providers(YESTERDAY);
      expect(all.providers.map(({ provider, jobs, success_rate }) => [provider, jobs, success_rate])).toEqual([
        ['tripo', 3, 2 / 3],
        ['replicate', 1, 1],
      ]);
      expect(all.providers[0]?.models.map(({ model, cost_usd }) => [model, cost_usd.total])).toEqual([
        ['a', 1],
        ['b', 2],
        [null, 4],
      ]);
      const only = await ml.pipelines.pipeline('3d', { ...YESTERDAY, provider: ['tripo'], model: 'b' });
      expect(only).toMatchObject({ jobs: 1, failed: 1, wasted_cost_usd: 2, by_provider: [{ provider: 'tripo' }] });
      expect((await ml.pipelines.pipeline('descriptions', YESTERDAY)).by_model).toMatchObject([
        { model: 'a', jobs: 1 },
      ]);
    });
  });

  it('follow an asset through its stages', async () => {
    const asset = (hour: number, stage: string | undefined, status = 'succeeded') =>
      job(at(hour), { pipeline: 'assets', status, ...(stage && { stage }) });
    await store([
      ...[1, 2, 3, 4].map((hour) => asset(hour, 'ingestion')),
      ...[5, 6, 7].map((hour) => asset(hour, 'versioning')),
      asset(8, 'versioning', 'failed'),
      asset(9, undefined),
    ]);
    await ml.rawAndRolledUp(async () => {
      const answer = await ml.pipelines.assets(YESTERDAY);
      expect(answer.by_stage.map(({ stage, jobs, succeeded }) => [stage, jobs, succeeded])).toEqual([
        ['ingestion', 4, 4],
        ['versioning', 4, 3],
        ['approval', 0, 0],
        [null, 1, 1],
      ]);
      expect(answer.funnel).toEqual([
        { stage: 'ingestion', succeeded: 4, rate_from_previous: null },
        { stage: 'versioning', succeeded: 3, rate_from_previous: 0.75 },
        { stage: 'approval', succeeded: 0, rate_from_previous: 0 },
      ]);
    });
  });

  it('order errors by how often they happen, unnamed ones included', async () => {
    const failed = (hour: number, code?: string) =>
      job(at(hour), { status: 'failed', ...(code && { error_code: code }) });
    await store([failed(1, 'oom'), failed(2, 'timeout'), failed(3, 'timeout'), failed(4), job(at(5))]);
    await ml.rawAndRolledUp(async () => {
      expect((await ml.pipelines.pipeline('3d', YESTERDAY)).errors).toEqual([
        { error_code: 'timeout', count: 2 },
        { error_code: null, count: 1 },
        { error_code: 'oom', count: 1 },
      ]);
    });
  });

  it('refuse another pipeline than their own', async () => {
    expect(await refusalOf(ml.pipelines.pipeline('3d', { ...YESTERDAY, pipeline: 'assets' }))).toMatchObject([
      { path: 'pipeline' },
    ]);
  });
});

describe('the price table', () => {
  it('is replaced whole, once, and remembers who did it', async () => {
    const table = [
      price({ model: 'b', usd_per_job: 0.123456789 }),
      price({ model: 'a', usd_per_input_unit: 3e-7, valid_from: '2026-02-28' }),
    ];
    const stored = await ml.pricing.replace(table, 'ana');
    expect(stored).toEqual([
      { provider: 'tripo', model: 'a', usd_per_input_unit: 3e-7, valid_from: '2026-02-28T00:00:00.000Z' },
      { provider: 'tripo', model: 'b', usd_per_job: 0.123456789, valid_from: '2026-01-01T00:00:00.000Z' },
    ]);
    await ml.pricing.replace(stored, 'ben');
    const changes: unknown[] = await database.dataSource.query(
      `SELECT changed_by, jsonb_array_length(before) AS before, jsonb_array_length(after) AS after
         FROM ml_pricing_changes ORDER BY id DESC LIMIT 1`,
    );
    expect(changes).toEqual([{ changed_by: 'ana', before: 0, after: 2 }]);
  });

  it('begins with public prices: by the second, by the job, by the token', () => {
    const ratesOf = (provider: string): string[] => {
      const prices = seed.filter((one) => one.provider === provider);
      return [...new Set(prices.flatMap((one) => Object.keys(one).filter((field) => field.startsWith('usd_'))))].sort();
    };
    expect(ratesOf('replicate')).toEqual(['usd_per_second']);
    expect(ratesOf('tripo')).toEqual(['usd_per_job']);
    expect(ratesOf('gemini')).toEqual(['usd_per_input_unit', 'usd_per_output_unit']);
    expect(ratesOf('huggingface')).toEqual(['usd_per_input_unit', 'usd_per_output_unit']);
    expect(seed).toContainEqual({
      provider: 'gemini',
      model: 'gemini-2.5-flash',
      usd_per_input_unit: 3e-7, // 0.30 USD for a million
      usd_per_output_unit: 2.5e-6,
      valid_from: '2024-01-01T00:00:00.000Z',
    });
  });

  it('tells who replaced it, and what was different, newest first', async () => {
    const [kept, old] = [price({ model: 'kept', usd_per_job: 1 }), price({ model: 'm', usd_per_job: 2 })];
    const stored = (fields: Partial<PriceDto>) => ({ ...price(fields), valid_from: '2026-01-01T00:00:00.000Z' });
    await ml.pricing.replace([kept, old], 'ana');
    await ml.pricing.replace([kept, price({ model: 'm', usd_per_job: 3 })], 'ben');
    const page = await ml.pricing.changes({ limit: 1 });
    expect(page.items).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        by: 'ben',
        action: 'replaced',
        before: [stored({ model: 'm', usd_per_job: 2 })],
        after: [stored({ model: 'm', usd_per_job: 3 })],
      },
    ]);
    const older = await ml.pricing.changes({ limit: 1, cursor: page.next_cursor ?? '' });
    expect(older.items).toMatchObject([{ by: 'ana', before: [], after: [{ model: 'kept' }, { model: 'm' }] }]);
    expect(await refusalOf(ml.pricing.changes({ limit: 1, cursor: 'x' }))).toMatchObject([{ path: 'cursor' }]);
  });

  it.each([
    ['no rate', [price({})], '[0]'],
    ['a day that is none', [price({ usd_per_job: 1, valid_from: '2026-02-30' })], '[0].valid_from'],
    ['a day before all jobs', [price({ usd_per_job: 1, valid_from: '0000-01-01' })], '[0].valid_from'],
    ['the same twice', [price({ usd_per_job: 1 }), price({ usd_per_job: 2 })], '[1]'],
  ])('refuses %s and keeps what it had', async (_, prices, path) => {
    const before = await ml.pricing.replace([price({ usd_per_job: 7 })], 'ana');
    expect(await refusalOf(ml.pricing.replace(prices, 'ben'))).toMatchObject([{ path }]);
    expect(await ml.pricing.list()).toEqual(before);
  });
});
