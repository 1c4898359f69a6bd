import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import { endOf, startCommand, type CommandEnd } from '../support/command-line.js';
import { hasRealData, realFile } from '../support/real-data.js';

const FILES = (['orders', 'ml-jobs', 'api-requests'] as const).map(realFile);

interface BrowsedEvent {
  event_id: string;
  event_type: string;
  provider?: string;
  status?: string;
  status_code?: number;
  duration_ms?: number;
}

jest.setTimeout(180_000);

function importInto(app: StartedApp, ...args: string[]): Promise<CommandEnd> {
  return endOf(startCommand('import', ['--url', app.url, ...args], { DATA_DIR: app.dataDir }));
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

async function browseAll(app: StartedApp, eventType: string): Promise<BrowsedEvent[]> {
  const events: BrowsedEvent[] = [];
  const range = `event_type=${eventType}&limit=200&from=${daysAgo(390)}&to=${daysAgo(0)}`;
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await app.request(`${API}/events?${range}${cursor && `&cursor=${cursor}`}`, { role: 'admin' });
    expect(page.status).toBe(200);
    events.push(...(page.body.items as BrowsedEvent[]));
    cursor = page.body.next_cursor as string | null;
  }
  return events;
}

/** The reference is rounded to two places, so it differs by up to 0.005, which the check for two places refuses. */
const toTheCent = (value: number): unknown => expect.closeTo(value, 1);

const countOf = (rows: { count: number }[]): number => rows.reduce((total, { count }) => total + count, 0);

function nearestRank(values: number[], share: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1];
}

(hasRealData() ? describe : describe.skip)('the real data', () => {
  let app: StartedApp;
  let first: CommandEnd;
  let yesterday: string;

  beforeAll(async () => {
    app = await startApp();
    yesterday = daysAgo(1).slice(0, 10);
    first = await importInto(app, '--shift-to-now', ...FILES);
  });
  afterAll(() => app.stop());

  it('comes in whole, moved to yesterday', () => {
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Total of 3 files: 18,928 accepted, 0 duplicates, 0 rejected'),
    });
    expect(first.stdout.match(new RegExp(`comes to ${yesterday}\\.`, 'g'))).toHaveLength(3);
  });

  it('gives the sales that were computed from its source, to the cent', async () => {
    const path = `${API}/business/overview?currency=GBP&from=${daysAgo(100)}&to=${daysAgo(0)}`;
    let figures: Record<string, unknown> = {};
    await until(async () => {
      figures = (await app.request(path, { role: 'admin' })).body as Record<string, unknown>;
      return (figures['meta'] as { stale: boolean }).stale === false;
    }, 90_000);
    expect(figures).toMatchObject({
      gross_sales: 2_525_887.68,
      returns: 131_157.38,
      net_sales: 2_394_730.3,
      orders: 4_672,
      units: 1_394_348,
      average_order_value: 512.57,
    });
  });

  it('gives the requests, errors and percentiles that were computed from its source', async () => {
    const range = `from=${daysAgo(300)}&to=${daysAgo(0)}`;
    const ask = async (path: string) => (await app.request(`${API}/health/${path}`, { role: 'admin' })).body;
    const figures = await ask(`overview?${range}`);
    expect(figures).toMatchObject({
      error_rate: expect.closeTo(591 / 10_530, 9),
      client_error_rate: expect.closeTo(929 / 10_530, 9),
      meta: { stale: false, percentile_error: 0.01 },
    });
    for (const [name, exact] of Object.entries({ p50: 463, p95: 1_606, p99: 2_709 })) {
      expect(Math.abs(figures.latency_ms[name] - exact)).toBeLessThanOrEqual(exact * 0.01);
    }
    const { endpoints } = await ask(`api?${range}`);
    expect(endpoints).toHaveLength(51);
    expect(countOf(endpoints)).toBe(10_530);
    const { series } = await ask(`timeseries?${range}&step=1d&metric=request_count`);
    expect(countOf(series[0].points.map(({ value }: { value: number }) => ({ count: value })))).toBe(10_530);
  });

  it('gives every order back', async () => {
    const orders = await browseAll(app, 'order');
    expect(new Set(orders.map((event) => event.event_id)).size).toBe(5_553);
    expect(orders.filter(({ status }) => status === 'placed')).toHaveLength(4_672);
  });

  it('gives every job back, with its provider and duration', async () => {
    const jobs = await browseAll(app, 'ml_job');
    expect(new Set(jobs.map((event) => event.event_id)).size).toBe(2_845);
    const figuresOf = (provider: string): unknown[] => {
      const own = jobs.filter((job) => job.provider === provider);
      const times = own.map((job) => job.duration_ms ?? NaN);
      const percentiles = [0.5, 0.95].map((share) => nearestRank(times, share));
      return [own.length, own.filter(({ status }) => status === 'succeeded').length, ...percentiles];
    };
    expect(figuresOf('replicate')).toEqual([445, 445, toTheCent(7675.04), toTheCent(19027.48)]);
    expect(figuresOf('bedrock')).toEqual([300, 154, toTheCent(3993.42), toTheCent(7401.88)]);
    expect(figuresOf('lepton')).toEqual([450, 60, toTheCent(0.0), toTheCent(4383.19)]);
  });

  it('gives the figures of every provider that were computed from its source', async () => {
    const path = `${API}/ml/providers?from=${daysAgo(100)}&to=${daysAgo(0)}`;
    const { body } = await app.request(path, { role: 'admin' });
    const within1 = (exact: number): unknown => ({
      asymmetricMatch: (actual: number) => Math.abs(actual - exact) <= exact / 100 + 0.01,
      toString: () => `within 1 % of ${exact}`,
    });
    const figures = (
      body.providers as { provider: string; jobs: number; succeeded: number; duration_ms: object }[]
    ).map(({ provider, jobs, succeeded, duration_ms: duration }) => [provider, jobs, succeeded, duration]);
    const expected = (provider: string, ...[jobs, succeeded, p50, p95]: [number, number, number, number]) => [
      provider,
      jobs,
      succeeded,
      expect.objectContaining({ p50: within1(p50), p95: within1(p95) }),
    ];
    expect(figures).toEqual([
      expected('anyscale', 450, 450, 2257.43, 3181.74),
      expected('fireworks', 450, 450, 3535.86, 4029.11),
      expected('lepton', 450, 60, 0, 4383.19),
      expected('together', 450, 449, 2238.74, 2864.27),
      expected('replicate', 445, 445, 7675.04, 19027.48),
      expected('bedrock', 300, 154, 3993.42, 7401.88),
      expected('groq', 150, 150, 804.24, 941.72),
      expected('perplexity', 150, 148, 4967.62, 5749.0),
      // Those of the house that had no jobs.
      ...['gemini', 'huggingface', 'tripo'].map((provider) => [
        provider,
        0,
        0,
        { avg: null, p50: null, p95: null, p99: null },
      ]),
    ]);
  });

  it('gives every request back, with its status and duration', async () => {
    const requests = await browseAll(app, 'api_request');
    const classes = [2, 3, 4, 5].map(
      (digit) => requests.filter((event) => Math.floor((event.status_code ?? 0) / 100) === digit).length,
    );
    expect(classes).toEqual([8_616, 394, 929, 591]);
    const times = requests.map((event) => event.duration_ms ?? NaN);
    expect([0.5, 0.95, 0.99].map((share) => nearestRank(times, share))).toEqual([463, 1_606, 2_709]);
  });

  it('is all duplicates the second time', async () => {
    const second = await importInto(app, '--shift-to-now', ...FILES);
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Total of 3 files: 0 accepted, 18,928 duplicates, 0 rejected'),
    });
  });
});

describe('lines that the service will not take', () => {
  const good = { event_type: 'error', occurred_at: daysAgo(1), name: 'a', message: 'b' };
  let app: StartedApp;
  let folder: string;

  beforeAll(async () => {
    app = await startApp();
    folder = await mkdtemp(join(tmpdir(), 'import-e2e-'));
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const refused: [string, string, RegExp][] = [
    ['an unknown type', JSON.stringify({ ...good, event_type: 'x' }), /event_type/],
    ['an unknown field', JSON.stringify({ ...good, odd: 1 }), /odd/],
    ['a prototype key', JSON.stringify(good).replace('{', '{"__proto__":{},'), /__proto__/],
    [
      'a prototype key inside',
      JSON.stringify({ ...good, properties: {} }).replace('{}', '{"__proto__":1}'),
      /properties/,
    ],
    [
      'deep nesting',
      JSON.stringify({ ...good, properties: {} }).replace('{}', `{"a":${'['.repeat(900)}${']'.repeat(900)}}`),
      /properties/,
    ],
    [
      'nesting beyond what is read',
      JSON.stringify({ ...good, properties: {} }).replace('{}', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
      /deeper/,
    ],
    [
      'more items than are read',
      JSON.stringify({ ...good, properties: { a: Array(30_000).fill(0) } }),
      /at most 20,000 keys and array items/,
    ],
    ['a NUL character', JSON.stringify({ ...good, message: 'a\0b' }), /message/],
    ['half a surrogate pair', JSON.stringify({ ...good, message: '\ud800' }), /message/],
    ['a local time', JSON.stringify({ ...good, occurred_at: '2026-11-01T10:00:00' }), /occurred_at/],
    ['a time to come', JSON.stringify({ ...good, occurred_at: daysAgo(-2) }), /future/],
    ['too much text', JSON.stringify({ ...good, message: 'x'.repeat(200_000) }), /message|larger/],
    [
      'an id without a time',
      JSON.stringify({ ...good, event_id: '371297d6-06b5-5484-a8d6-06d06a93c739', occurred_at: undefined }),
      /occurred_at/,
    ],
    ['a line beyond all bounds', JSON.stringify({ ...good, message: 'x'.repeat(300_000) }), /longer than 256 KiB/],
  ];

  it.each([
    ['the first half', refused.slice(0, refused.length / 2)],
    ['the second half', refused.slice(refused.length / 2)],
  ])('are named with their reasons, and spare the lines around them: %s', async (_, cases) => {
    const path = join(folder, 'mixed.ndjson');
    await writeFile(path, cases.map(([, line]) => `${line}\n${JSON.stringify(good)}\n`).join(''));
    const end = await importInto(app, path);
    const tally = `${cases.length} accepted, 0 duplicates, ${cases.length} rejected`;
    expect(end).toMatchObject({ code: 3, stdout: expect.stringContaining(tally) });
    for (const [index, [what, , reason]] of cases.entries()) {
      const told = new RegExp(`^  line ${index * 2 + 1}\\b.*`, 'm').exec(end.stdout)?.[0];
      expect([what, told]).toEqual([what, expect.stringMatching(reason)]);
    }
  });
});
