import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import { RollupBench } from '../../test/rollups/rollup-bench.js';
import { TimeFrame } from '../metrics/index.js';
import type { AppConfig } from '../platform/config/index.js';
import { InvalidInputError } from '../platform/errors/index.js';
import { BusinessFrame } from './business-frame.js';
import type { OverviewQueryDto, SalesQueryDto } from './dto/business-query.dto.js';
import { SalesOverviewService } from './sales-overview.service.js';
import { SalesSeriesService } from './sales-series.service.js';

const NOW = '2026-11-22T12:00:00Z';

let database: TestDatabase;
let bench: RollupBench;
let overviews: SalesOverviewService;
let series: SalesSeriesService;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
  const config = {
    ingest: { rawRetentionDays: 7 },
    business: { baseCurrency: 'USD', storeTimeZone: 'UTC', houseCollections: [] },
  } as unknown as AppConfig;
  const time = new TimeFrame(bench.clock, config, bench.policy);
  const frame = new BusinessFrame(time, config);
  overviews = new SalesOverviewService(frame, bench.reader);
  series = new SalesSeriesService(frame, time, bench.reader);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await bench.clear();
  bench.clock.at = Date.parse(NOW);
});

type Fields = Record<string, unknown>;

function order(occurredAt: string, fields: Fields = {}) {
  const placed = { status: 'placed', currency: 'USD', order_id: 'o', total: 0 };
  return event('order', occurredAt, { ...placed, ...fields });
}

function event(eventType: 'order' | 'storefront', occurredAt: string, fields: Fields) {
  return { event_id: randomUUID(), correlation_id: 'test', event_type: eventType, occurred_at: occurredAt, ...fields };
}

const line = (collection: string | undefined, quantity: number, unitPrice: number, productId = 'p1') => ({
  product_id: productId,
  ...(collection && { collection }),
  quantity,
  unit_price: unitPrice,
});

/** Each check is made on raw events and again when everything is rolled up: the figures must not move. */
async function rawAndRolledUp(check: () => Promise<void>): Promise<void> {
  await check();
  await bench.service.rollUp();
  await check();
}

const YESTERDAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const overview = (query: OverviewQueryDto) => overviews.overview(query);
const sales = (query: SalesQueryDto) => series.sales(query);

describe('business overview', () => {
  it('answers zeros for sums and null for ratios when nothing happened', async () => {
    expect(await overview(YESTERDAY)).toMatchObject({
      currency: 'USD',
      gross_sales: 0,
      net_sales: 0,
      total_sales: 0,
      orders: 0,
      units: 0,
      average_order_value: null,
      conversion_rate: null,
      sessions: 0,
      other_currencies: [],
    });
  });

  it('keeps the ledger: an order on its day, what is given back on its own, test orders never', async () => {
    await bench.store([
      order('2026-11-20T10:00:00Z', { total: 110, tax: 8, shipping: 2, discount: 10, items: [line('a', 2, 55)] }),
      order('2026-11-21T09:00:00Z', { total: 50.25, items: [line('a', 1, 50.25)] }),
      order('2026-11-21T10:00:00Z', { status: 'refunded', total: 60, tax: 8, shipping: 2 }),
      order('2026-11-21T11:00:00Z', { status: 'paid', total: 50.25, items: [line('a', 1, 50.25)] }),
      order('2026-11-21T12:00:00Z', { total: 999, test: true, items: [line('a', 9, 111)] }),
    ]);
    await rawAndRolledUp(async () => {
      expect(await overview({ from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' })).toMatchObject({
        gross_sales: 110, // 110 + 10 − 8 − 2
        discounts: 10,
        returns: 0,
        net_sales: 100,
        total_sales: 110,
        orders: 1,
        units: 2,
        average_order_value: 100,
      });
      expect(await overview(YESTERDAY)).toMatchObject({
        gross_sales: 50.25,
        returns: 50, // 60 − 8 − 2
        net_sales: 0.25,
        total_sales: -9.75, // 0.25 − 8 − 2
        orders: 1,
        units: 1,
        average_order_value: 0.25,
      });
    });
  });

  it('never mixes currencies, rounds to the minor unit of each, and names the others', async () => {
    await bench.store([
      order('2026-11-21T09:00:00Z', { total: 10.005 }),
      order('2026-11-21T09:00:00Z', { total: 20, currency: 'EUR' }),
      order('2026-11-21T09:00:00Z', { total: 1000.4, currency: 'JPY' }),
    ]);
    await rawAndRolledUp(async () => {
      const dollars = await overview(YESTERDAY);
      expect(dollars.gross_sales).toBe(10.01);
      expect(dollars.other_currencies).toEqual([
        { currency: 'EUR', orders: 1, gross_sales: 20, net_sales: 20 },
        { currency: 'JPY', orders: 1, gross_sales: 1000, net_sales: 1000 },
      ]);
      expect((await overview({ ...YESTERDAY, currency: 'JPY' })).gross_sales).toBe(1000);
    });
  });

  it('answers a collection from its lines, with its share of the discount, and counts each order once', async () => {
    await bench.store([
      order('2026-11-21T09:00:00Z', {
        total: 90,
        discount: 10,
        items: [line('black-rose', 1, 20, 'p1'), line('black-rose', 1, 20, 'p2'), line('signature', 3, 20, 'p3')],
      }),
      order('2026-11-21T10:00:00Z', { total: 20, items: [line('signature', 1, 20)] }),
      order('2026-11-21T11:00:00Z', { status: 'refunded', total: 20, items: [line('black-rose', 1, 20)] }),
    ]);
    await rawAndRolledUp(async () => {
      expect(await overview({ ...YESTERDAY, collection: 'Black Rose' })).toMatchObject({
        gross_sales: 40,
        discounts: 4, // 10 × 40 / 100
        returns: 20,
        net_sales: 16,
        total_sales: null,
        orders: 1,
        units: 2,
        average_order_value: 16,
      });
      expect(await overview({ ...YESTERDAY, collection: 'signature' })).toMatchObject({
        gross_sales: 80,
        discounts: 6,
        orders: 2,
      });
    });
  });

  it('counts a session once over storefront and orders, and converts it once', async () => {
    const view = (session: string) =>
      event('storefront', '2026-11-21T08:00:00Z', { name: 'page_view', session_id: session });
    await bench.store([
      view('s1'),
      view('s1'),
      view('s2'),
      view('s3'),
      order('2026-11-21T09:00:00Z', { total: 5, session_id: 's1' }),
      order('2026-11-21T10:00:00Z', { total: 5, session_id: 's1', currency: 'EUR' }),
      order('2026-11-21T10:00:00Z', { total: 5, session_id: 's4' }),
      order('2026-11-21T10:00:00Z', { total: 5 }),
    ]);
    await rawAndRolledUp(async () => {
      expect(await overview(YESTERDAY)).toMatchObject({ sessions: 4, conversion_rate: 0.5, orders: 3 });
    });
  });

  it('compares with the period before, as fractions, and with nothing as null', async () => {
    await bench.store([
      order('2026-11-20T09:00:00Z', { total: 80, items: [line('a', 1, 80)] }),
      order('2026-11-21T09:00:00Z', { total: 100, items: [line('a', 1, 100)] }),
      order('2026-11-21T10:00:00Z', { total: 20, items: [line('a', 1, 20)] }),
    ]);
    await rawAndRolledUp(async () => {
      const answer = await overview({ ...YESTERDAY, compare: 'previous_period' });
      expect(answer.comparison).toMatchObject({
        gross_sales: 80,
        orders: 1,
        change: { gross_sales: 0.5, orders: 1, returns: null },
      });
      expect(answer.meta).toMatchObject({
        compare_from: '2026-11-20T00:00:00.000Z',
        compare_to: '2026-11-21T00:00:00.000Z',
      });
    });
  });

  it('compares a day that is still running with the same hours of the day before, and of the year before', async () => {
    await bench.store([
      order('2026-11-21T11:59:59Z', { total: 30 }),
      order('2026-11-21T12:00:00Z', { total: 500 }),
      order('2025-11-22T11:00:00Z', { total: 40 }),
      order('2025-11-22T13:00:00Z', { total: 700 }),
      order('2026-11-22T10:00:00Z', { total: 60 }),
    ]);
    const today = { from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' };
    await rawAndRolledUp(async () => {
      expect((await overview({ ...today, compare: 'previous_period' })).comparison).toMatchObject({
        gross_sales: 30,
        change: { gross_sales: 1 },
      });
      expect((await overview({ ...today, compare: 'previous_year' })).comparison).toMatchObject({
        gross_sales: 40,
        change: { gross_sales: 0.5 },
      });
    });
  });

  it.each([
    [{ currency: 'XQX' }, 'currency'],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ time_zone: 'Asia/Kathmandu', from: '2026-10-01T00:00:00Z' }, 'time_zone'],
    [{ range: '2d' }, 'range'],
    [{ collection: '***' }, 'collection'],
  ])('refuses %j naming %s', async (query, path) => {
    const refusal = await overview(query as OverviewQueryDto).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    expect((refusal as InvalidInputError).errors.map((error) => error.path)).toEqual([path]);
  });
});

describe('currencies', () => {
  it.each([
    ['HUF', 1234.57],
    ['IQD', 1234.568],
    ['CLF', 1234.5678],
    ['JPY', 1235],
    ['HRK', 1234.57],
  ])('rounds %s to the minor unit of ISO 4217, also among the other currencies', async (currency, rounded) => {
    await bench.store([order('2026-11-21T09:00:00Z', { total: 1234.5678, currency })]);
    await rawAndRolledUp(async () => {
      expect(await overview({ ...YESTERDAY, currency })).toMatchObject({
        gross_sales: rounded,
        average_order_value: rounded,
      });
      expect((await overview(YESTERDAY)).other_currencies).toEqual([
        { currency, orders: 1, gross_sales: rounded, net_sales: rounded },
      ]);
    });
  });
});

describe('business sales', () => {
  it('has a point for every step, zero where nothing happened, and flags the open one', async () => {
    await bench.store([order('2026-11-20T09:00:00Z', { total: 10 }), order('2026-11-22T09:00:00Z', { total: 30 })]);
    await rawAndRolledUp(async () => {
      const { points, meta } = await sales({ from: '2026-11-20T00:00:00Z', to: NOW, step: '1d' });
      expect(
        points.map(({ t, gross_sales, average_order_value, partial }) => [
          t,
          gross_sales,
          average_order_value,
          partial,
        ]),
      ).toEqual([
        ['2026-11-20T00:00:00.000Z', 10, 10, undefined],
        ['2026-11-21T00:00:00.000Z', 0, null, undefined],
        ['2026-11-22T00:00:00.000Z', 30, 30, true],
      ]);
      expect(meta.step_seconds).toBe(86_400);
    });
  });

  it('cuts days where the clocks of the zone do: the 25-hour Sunday of Paris holds all of its orders', async () => {
    await bench.store([
      order('2026-10-24T21:59:00Z', { total: 1 }),
      order('2026-10-24T22:00:00Z', { total: 10 }),
      order('2026-10-25T22:59:00Z', { total: 100 }),
      order('2026-10-25T23:00:00Z', { total: 1000 }),
    ]);
    await rawAndRolledUp(async () => {
      const { points } = await sales({
        from: '2026-10-23T22:00:00Z',
        to: '2026-10-26T23:00:00Z',
        step: '1d',
        time_zone: 'Europe/Paris',
      });
      expect(points.map(({ t, gross_sales }) => [t, gross_sales])).toEqual([
        ['2026-10-23T22:00:00.000Z', 1],
        ['2026-10-24T22:00:00.000Z', 110],
        ['2026-10-25T23:00:00.000Z', 1000],
      ]);
    });
  });

  it('crosses the end of the year and a leap day without losing an order', async () => {
    bench.clock.at = Date.parse('2028-03-02T12:00:00Z');
    await bench.store([
      order('2027-12-31T23:59:59.999Z', { total: 1 }),
      order('2028-01-01T00:00:00Z', { total: 2 }),
      order('2028-02-29T12:00:00Z', { total: 4 }),
    ]);
    await rawAndRolledUp(async () => {
      const turn = await sales({ from: '2027-12-31T00:00:00Z', to: '2028-01-02T00:00:00Z', step: '1d' });
      expect(turn.points.map((point) => point.gross_sales)).toEqual([1, 2]);
      const leap = await sales({ from: '2028-02-28T00:00:00Z', to: '2028-03-02T00:00:00Z', step: '1d' });
      expect(leap.points.map((point) => point.gross_sales)).toEqual([0, 4, 0]);
      const week = await sales({ from: '2027-12-26T00:00:00Z', to: '2028-01-02T00:00:00Z', step: '1w' });
      expect(week.points.map((point) => point.gross_sales)).toEqual([3]);
    });
  });

  it('breaks a point down by collection, product and status', async () => {
    await bench.store([
      order('2026-11-21T09:00:00Z', { total: 50, items: [line('a', 1, 30, 'p1'), line(undefined, 2, 10, 'p2')] }),
      order('2026-11-21T10:00:00Z', { status: 'refunded', total: 5 }),
      order('2026-11-21T10:00:00Z', { status: 'cancelled', total: 7 }),
      order('2026-11-21T10:00:00Z', { status: 'fulfilled', total: 50 }),
    ]);
    const breakdownBy = async (breakdown: 'collection' | 'product' | 'status') =>
      (await sales({ ...YESTERDAY, step: '1d', breakdown })).points[0]?.breakdown;
    await rawAndRolledUp(async () => {
      expect(await breakdownBy('collection')).toEqual([
        { key: 'a', gross_sales: 30, net_sales: 30, orders: 1, units: 1 },
        { key: null, gross_sales: 20, net_sales: 20, orders: 1, units: 2 },
      ]);
      expect(await breakdownBy('product')).toEqual([
        { key: 'p1', gross_sales: 30, net_sales: 30, orders: 1, units: 1 },
        { key: 'p2', gross_sales: 20, net_sales: 20, orders: 1, units: 2 },
      ]);
      const byStatus = await breakdownBy('status');
      expect(byStatus?.[0]).toEqual({ key: 'placed', gross_sales: 50, net_sales: 50, orders: 1, units: 3 });
      expect(byStatus?.slice(1)).toEqual(
        expect.arrayContaining([
          { key: 'refunded', gross_sales: 0, net_sales: -5, orders: 1, units: 0 },
          { key: 'cancelled', gross_sales: 0, net_sales: -7, orders: 1, units: 0 },
        ]),
      );
    });
  });

  it('refuses a step that gives too many points, naming the finest', async () => {
    const refusal = await sales({ from: '2026-08-25T00:00:00Z', to: NOW, step: '1h' }).catch((error: unknown) => error);
    expect((refusal as InvalidInputError).errors[0]).toEqual({
      path: 'step',
      message: expect.stringContaining('1d') as string,
    });
  });
});
