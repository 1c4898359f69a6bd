import { figuresOf, jobsBy, jobsWithin, pointOf } from '../../test/ml/job-reference.js';
import { job, MlBench, price, type Job } from '../../test/ml/ml-bench.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import type { MlPointDto } from './dto/ml-overview.dto.js';
import type { AssetsDto } from './dto/pipeline.dto.js';

/** Every figure of every answer beside one that was worked out job by job, on data made for it. */
jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
/** Two price changes lie within the data, one of them in the middle of a week. */
const PRICES = [
  price({ provider: 'tripo', usd_per_job: 0.2, valid_from: '2026-01-01T00:00:00Z' }),
  price({ provider: 'tripo', usd_per_job: 0.25, valid_from: '2027-12-31T00:00:00Z' }),
  price({
    provider: 'tripo',
    model: 'v2',
    usd_per_job: 0.4,
    usd_per_second: 0.001,
    valid_from: '2028-01-01T00:00:00Z',
  }),
  price({ provider: 'replicate', usd_per_second: 0.000975 }),
  price({ provider: 'gemini', model: 'v1', usd_per_input_unit: 3e-7, usd_per_output_unit: 2.5e-6 }),
  price({ provider: 'gemini', model: 'v2', usd_per_input_unit: 1.5e-7 }),
  price({ provider: 'gemini', model: 'v3', usd_per_output_unit: 1.5e-7 }),
];

let database: TestDatabase;
let ml: MlBench;

beforeAll(async () => {
  database = await createTestDatabase();
  ml = new MlBench(database.dataSource);
});

afterAll(() => database.drop());

/** Jobs of every kind, spread evenly over a time; the same on every run. */
function mixedJobs(from: string, to: string, count: number): Job[] {
  let seed = count;
  const pick = <T>(...values: readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return values[seed % values.length] as T;
  };
  const stepMs = (Date.parse(to) - Date.parse(from)) / count;
  return Array.from({ length: count }, (_, index) => {
    const status = pick('succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled');
    const pipeline = pick('3d', 'descriptions', 'assets');
    return job(new Date(Date.parse(from) + Math.floor(index * stepMs)).toISOString(), {
      status,
      pipeline,
      provider: pick('tripo', 'replicate', 'gemini', 'unpriced'),
      duration_ms: pick(0, 12.5, 1_000, 7_675.04, 19_027.48, 64_000.125),
      model: pick(undefined, 'v1', 'v2', 'v3'),
      stage: pipeline === 'assets' ? pick(undefined, 'ingestion', 'versioning', 'approval') : undefined,
      error_code: status === 'failed' ? pick(undefined, 'timeout', 'out_of_memory') : undefined,
      cost_usd: pick(undefined, undefined, 0, 0.123456, 2),
      input_units: pick(undefined, 0, 550, 1_000_000),
      output_units: pick(undefined, 151, 40_000),
    });
  });
}

const span = (from: string, to: string) => ({ from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` });
type Span = ReturnType<typeof span>;

async function expectAllAnswers(jobs: readonly Job[], range: Span): Promise<void> {
  const inside = jobsWithin(jobs, range.from, range.to);
  await expectOverview(inside, range);
  await expectProviders(inside, range);
  for (const pipeline of ['3d', 'descriptions', 'assets'] as const) {
    await expectPipeline(jobsBy(inside, 'pipeline').get(pipeline) ?? [], pipeline, range);
  }
  const filter = { provider: ['tripo', 'gemini'], model: 'v2', pipeline: '3d' } as const;
  const filtered = inside.filter(
    ({ provider, model, pipeline }) =>
      filter.provider.some((name) => name === provider) && model === 'v2' && pipeline === '3d',
  );
  const query = { ...range, ...filter, provider: [...filter.provider] };
  expect(await ml.overviews.overview(query)).toMatchObject(figuresOf(filtered, PRICES));
}

async function expectOverview(inside: readonly Job[], range: Span): Promise<void> {
  for (const step of ['1d', '1w'] as const) {
    const { series, by_pipeline, meta, ...figures } = await ml.overviews.overview({ ...range, step });
    expect(figures).toEqual(figuresOf(inside, PRICES));
    expect(by_pipeline).toEqual(groupsOf(inside, 'pipeline').sort(byName('pipeline')));
    expectSeries(series, inside, step === '1d' ? DAY_MS : 7 * DAY_MS);
    expect(meta.stale).toBe(false);
  }
}

function expectSeries(series: readonly MlPointDto[], inside: readonly Job[], widthMs: number): void {
  const expected = series.map(({ t, partial }) => {
    const end = new Date(Date.parse(t) + widthMs).toISOString();
    return { t, ...(partial && { partial }), ...pointOf(jobsWithin(inside, t, end), PRICES) };
  });
  expect(series).toEqual(expected);
  expect(series.reduce((total, point) => total + point.jobs, 0)).toBe(inside.length);
}

async function expectProviders(inside: readonly Job[], range: Span): Promise<void> {
  const { providers } = await ml.providers.providers(range);
  const byProvider = jobsBy(inside, 'provider');
  const expected = groupsOf(inside, 'provider').map((group) => ({
    ...group,
    models: groupsOf(byProvider.get(String(group.provider)) ?? [], 'model'),
  }));
  expect(providers).toEqual(expected);
}

async function expectPipeline(
  own: readonly Job[],
  pipeline: '3d' | 'descriptions' | 'assets',
  range: Span,
): Promise<void> {
  const answer =
    pipeline === 'assets' ? await ml.pipelines.assets(range) : await ml.pipelines.pipeline(pipeline, range);
  const errors = [
    ...jobsBy(
      own.filter(({ status }) => status === 'failed'),
      'error_code',
    ),
  ]
    .map(([code, jobs]) => ({ error_code: code || null, count: jobs.length }))
    .sort((left, right) => right.count - left.count || (String(left.error_code) < String(right.error_code) ? -1 : 1));
  expect(answer).toMatchObject({ ...figuresOf(own, PRICES), errors });
  expect(answer.by_provider).toEqual(groupsOf(own, 'provider'));
  expect(answer.by_model).toEqual(groupsOf(own, 'model'));
  expectSeries(answer.series, own, (answer.meta.step_seconds ?? NaN) * 1_000);
  if (pipeline === 'assets') expectStages(answer as AssetsDto, own);
}

function expectStages(answer: AssetsDto, own: readonly Job[]): void {
  const stages = ['ingestion', 'versioning', 'approval', ''].map((stage) => ({
    stage: stage || null,
    ...figuresOf(jobsBy(own, 'stage').get(stage) ?? [], PRICES),
  }));
  expect(answer.by_stage).toEqual(stages.filter(({ stage, jobs }) => stage !== null || jobs > 0));
  const succeeded = stages.slice(0, 3).map((stage) => stage.succeeded);
  expect(answer.funnel.map((step) => [step.succeeded, step.rate_from_previous])).toEqual([
    [succeeded[0], null],
    [succeeded[1], succeeded[0] ? (succeeded[1] ?? NaN) / succeeded[0] : null],
    [succeeded[2], succeeded[1] ? (succeeded[2] ?? NaN) / succeeded[1] : null],
  ]);
}

/** Most jobs first, ties by name. */
function groupsOf<Field extends 'pipeline' | 'provider' | 'model'>(jobs: readonly Job[], field: Field) {
  return [...jobsBy(jobs, field)]
    .map(([name, group]) => ({ ...({ [field]: name || null } as Record<Field, unknown>), ...figuresOf(group, PRICES) }))
    .sort((left, right) => right.jobs - left.jobs || byName(field)(left, right));
}

function byName(field: string) {
  return (left: object, right: object): number =>
    String(left[field as keyof object]) < String(right[field as keyof object]) ? -1 : 1;
}

describe('every figure', () => {
  beforeEach(() => ml.clear('2028-01-05T12:00:00Z'));
  beforeEach(() => ml.pricing.replace(PRICES, 'test'));

  it('is that of its jobs over a year boundary with price changes, from raw, rolled up and sealed', async () => {
    const jobs = mixedJobs('2027-12-27T00:00:00Z', '2028-01-04T00:00:00Z', 600);
    await ml.rollups.store(jobs);
    const ranges = [span('2027-12-20', '2028-01-05'), span('2028-01-01', '2028-01-04')];
    await ml.rawAndRolledUp(async () => {
      for (const range of ranges) await expectAllAnswers(jobs, range);
    });
    ml.rollups.clock.at += 9 * DAY_MS;
    await ml.rollups.service.rollUp();
    expect((await ml.rollups.retention.apply()).daysDropped).toHaveLength(8);
    for (const range of ranges) await expectAllAnswers(jobs, range);
  });

  it('is that of its jobs when the hours are gone and its days are cut at a price change', async () => {
    const jobs = mixedJobs('2027-12-27T00:00:00Z', '2028-01-04T00:00:00Z', 120);
    await ml.rollups.store(jobs);
    await ml.rollups.service.rollUp();
    ml.rollups.clock.at = Date.parse('2028-06-01T12:00:00Z');
    await ml.rollups.service.rollUp();
    await ml.rollups.retention.apply();
    await expectAllAnswers(jobs, span('2027-12-27', '2028-01-04'));
    // An edge within a day that has no hours moves out to the day, and so do the figures.
    const { meta, ...figures } = await ml.overviews.overview({
      from: '2027-12-31T13:00:00Z',
      to: '2028-01-01T01:00:00Z',
    });
    expect([meta.from, meta.to]).toEqual(['2027-12-31T00:00:00.000Z', '2028-01-02T00:00:00.000Z']);
    expect(figures).toMatchObject(figuresOf(jobsWithin(jobs, meta.from, meta.to), PRICES));
  });

  it('is that of its jobs on a leap day', async () => {
    ml.rollups.clock.at = Date.parse('2028-03-02T12:00:00Z');
    const jobs = mixedJobs('2028-02-28T00:00:00Z', '2028-03-01T12:00:00Z', 150);
    await ml.rollups.store(jobs);
    await ml.rawAndRolledUp(() => expectAllAnswers(jobs, span('2028-02-29', '2028-03-01')));
    const { series } = await ml.overviews.overview({ ...span('2028-02-28', '2028-03-02'), step: '1d' });
    expect(series.map(({ t }) => t.slice(5, 10))).toEqual(['02-28', '02-29', '03-01']);
  });

  it('is zero or unknown where nothing ran, and of one job where one did', async () => {
    const [empty, only] = [span('2028-01-01', '2028-01-02'), span('2028-01-03', '2028-01-04')];
    const one = job('2028-01-03T10:00:00Z', { duration_ms: 42, status: 'failed', model: 'v2' });
    await ml.rollups.store([one]);
    await ml.rawAndRolledUp(async () => {
      await expectAllAnswers([one], empty);
      await expectAllAnswers([one], only);
      const { providers } = await ml.providers.providers({ ...only, provider: ['nobody'] });
      expect(providers).toEqual([]);
    });
  });

  it('has ties in the order of names', async () => {
    const jobs = ['replicate', 'tripo', 'gemini'].flatMap((provider) =>
      ['v2', 'v1'].map((model) => job('2028-01-03T10:00:00Z', { provider, model, duration_ms: 500 })),
    );
    await ml.rollups.store(jobs);
    await ml.rawAndRolledUp(async () => {
      await expectAllAnswers(jobs, span('2028-01-03', '2028-01-04'));
      const { providers } = await ml.providers.providers(span('2028-01-03', '2028-01-04'));
      expect(providers.map(({ provider, models }) => [provider, models.map(({ model }) => model)])).toEqual([
        ['gemini', ['v1', 'v2']],
        ['replicate', ['v1', 'v2']],
        ['tripo', ['v1', 'v2']],
      ]);
    });
  });
});
