import { line, openBusinessRig, order, stock, type BusinessRig } from './business-rig.js';

jest.setTimeout(120_000);

let rig: BusinessRig;
beforeAll(async () => {
  rig = await openBusinessRig();
});
afterAll(() => rig.close());

const DAY_MS = 86_400_000;

/** An order of 1, 2, 3 … on each UTC day, so that a sum tells which days are in it. */
async function storeDaily(from: string, days: number): Promise<void> {
  const start = Date.parse(from);
  await rig.bench.store(
    Array.from({ length: days }, (_, day) =>
      order(new Date(start + day * DAY_MS + DAY_MS / 2).toISOString(), { total: day + 1 }),
    ),
  );
}

const sumOf = (first: number, last: number): number => ((first + last) * (last - first + 1)) / 2;

describe('the previous year over a 29 February', () => {
  it('compares 28 February of a leap year with 28 February, one point on each side', async () => {
    await rig.reset('2024-03-10T12:00:00Z');
    await rig.bench.store([
      order('2023-02-28T12:00:00Z', { total: 100, currency: 'CAD' }),
      order('2024-02-28T12:00:00Z', { total: 150, currency: 'CAD' }),
    ]);
    const query = {
      currency: 'CAD',
      from: '2024-02-28T00:00:00Z',
      to: '2024-02-29T00:00:00Z',
      compare: 'previous_year' as const,
    };
    await rig.rawAndRolledUp(async () => {
      const { comparison, meta } = await rig.overviews.overview(query);
      expect([meta.compare_from, meta.compare_to]).toEqual(['2023-02-28T00:00:00.000Z', '2023-03-01T00:00:00.000Z']);
      expect(comparison).toMatchObject({ gross_sales: 100, change: { gross_sales: 0.5 } });
      const { points, comparison: earlier } = await rig.series.sales({ ...query, step: '1d' });
      expect(points.map(({ gross_sales }) => gross_sales)).toEqual([150]);
      expect(earlier?.points.map(({ t, gross_sales }) => [t, gross_sales])).toEqual([
        ['2023-02-28T00:00:00.000Z', 100],
      ]);
    });
  });

  it('has totals of the days of each side, and pairs points by date', async () => {
    await rig.reset('2025-03-10T12:00:00Z');
    await storeDaily('2024-02-27T00:00:00Z', 5); // 27, 28, 29 February, 1, 2 March 2024
    await storeDaily('2025-02-27T00:00:00Z', 4); // 27, 28 February, 1, 2 March 2025
    await rig.bench.service.rollUp();
    const query = { from: '2025-02-27T00:00:00Z', to: '2025-03-03T00:00:00Z', compare: 'previous_year' as const };
    expect((await rig.overviews.overview(query)).comparison?.gross_sales).toBe(sumOf(1, 5));
    const { points, comparison } = await rig.series.sales({ ...query, step: '1d' });
    expect(points.map(({ gross_sales }) => gross_sales)).toEqual([1, 2, 3, 4]);
    expect(comparison?.points.map(({ t, gross_sales }) => [t?.slice(0, 10), gross_sales])).toEqual([
      ['2024-02-27', 1],
      ['2024-02-28', 2],
      ['2024-03-01', 4],
      ['2024-03-02', 5],
    ]);
  });

  it('has null values beside a 29 February that the year before does not have', async () => {
    await rig.reset('2024-03-10T12:00:00Z');
    await storeDaily('2023-02-28T00:00:00Z', 2);
    await storeDaily('2024-02-28T00:00:00Z', 3);
    await rig.bench.service.rollUp();
    const query = { from: '2024-02-28T00:00:00Z', to: '2024-03-02T00:00:00Z', compare: 'previous_year' as const };
    const { comparison } = await rig.series.sales({ ...query, step: '1d', breakdown: 'status' });
    expect(comparison?.points.map(({ t, gross_sales, orders }) => [t?.slice(0, 10), gross_sales, orders])).toEqual([
      ['2023-02-28', 1, 1],
      [undefined, null, null],
      ['2023-03-01', 2, 1],
    ]);
    expect(comparison?.points[1]).toMatchObject({ t: null, net_sales: null, average_order_value: null, breakdown: [] });
    const hours = await rig.series.sales({ ...query, step: '1h' });
    expect(hours.points).toHaveLength(72);
    expect(hours.comparison?.points.map(({ t }) => t?.slice(0, 13))).toEqual([
      ...Array.from({ length: 24 }, (_, hour) => `2023-02-28T${String(hour).padStart(2, '0')}`),
      ...Array.from({ length: 24 }, () => undefined),
      ...Array.from({ length: 24 }, (_, hour) => `2023-03-01T${String(hour).padStart(2, '0')}`),
    ]);
  });
});

describe('the previous period', () => {
  it('of a week in which the clocks go forward or back is the seven days before it', async () => {
    await rig.reset('2026-11-22T12:00:00Z');
    await rig.bench.store([
      order('2026-03-21T23:30:00Z', { total: 40 }), // Sunday 22 March, 00:30 in Berlin
      order('2026-03-21T22:30:00Z', { total: 1_000 }), // Saturday
    ]);
    await rig.bench.service.rollUp();
    const spring = await rig.overviews.overview({
      from: '2026-03-28T23:00:00Z',
      to: '2026-04-04T22:00:00Z',
      time_zone: 'Europe/Berlin',
      compare: 'previous_period',
    });
    expect(spring.comparison?.gross_sales).toBe(40);
    const autumn = await rig.series.sales({
      from: '2026-10-24T22:00:00Z',
      to: '2026-10-31T23:00:00Z',
      step: '1d',
      time_zone: 'Europe/Berlin',
      compare: 'previous_period',
    });
    expect([autumn.points.length, autumn.comparison?.points.length]).toEqual([7, 7]);
    expect(autumn.comparison?.points[1]?.t).toBe('2026-10-18T22:00:00.000Z');
  });

  it('of a month by name is the month before, with null values where that is shorter, and cut where it is longer', async () => {
    await rig.reset('2026-04-02T12:00:00Z');
    await storeDaily('2026-02-01T00:00:00Z', 60);
    await rig.bench.service.rollUp();
    const march = await rig.series.sales({ range: 'last_month', step: '1d', compare: 'previous_period' });
    expect([march.meta.range, march.meta.compare_from, march.meta.compare_to]).toEqual([
      'last_month',
      '2026-02-01T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ]);
    expect(march.points).toHaveLength(31);
    expect(march.comparison?.points.map(({ gross_sales }) => gross_sales)).toEqual([
      ...Array.from({ length: 28 }, (_, day) => day + 1),
      ...[null, null, null],
    ]);
    rig.bench.clock.at = Date.parse('2026-03-02T12:00:00Z');
    const february = await rig.series.sales({ range: 'last_month', step: '1d', compare: 'previous_period' });
    expect([february.points.length, february.comparison?.points.length]).toEqual([28, 28]);
  });

  it('of a running month is the same elapsed part, also where the edges move out to full hours', async () => {
    await rig.reset('2026-11-18T12:34:56Z');
    await rig.bench.store([
      order('2026-10-18T12:00:00Z', { total: 1 }),
      order('2026-10-18T12:50:00Z', { total: 10 }), // of the hour that is still running
      order('2026-10-18T13:10:00Z', { total: 100 }),
      order('2026-11-18T12:30:00Z', { total: 7 }),
    ]);
    await rig.bench.service.rollUp();
    const { comparison, meta, ...figures } = await rig.overviews.overview({
      range: 'this_month',
      compare: 'previous_period',
    });
    expect(meta).toMatchObject({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-18T13:00:00.000Z',
      compare_from: '2026-10-01T00:00:00.000Z',
      compare_to: '2026-10-18T13:00:00.000Z',
    });
    expect([figures.gross_sales, comparison?.gross_sales]).toEqual([7, 11]);
  });
});

describe('what began before raw events do', () => {
  it.each([
    [
      'today',
      'previous_year',
      ['2026-11-18T00:00:00.000Z', '2026-11-18T01:00:00.000Z'],
      ['2025-11-18T00:00:00.000Z', '2025-11-18T01:00:00.000Z'],
    ],
    [
      '7d',
      'previous_period',
      ['2026-11-11T00:00:00.000Z', '2026-11-18T01:00:00.000Z'],
      ['2026-11-03T23:00:00.000Z', '2026-11-11T00:00:00.000Z'],
    ],
  ] as const)('%s with %s has spans of equal length, and their figures', async (range, compare, current, earlier) => {
    await rig.reset('2026-11-18T00:10:00Z');
    const edges = [current, earlier].flatMap(([from, to]) => [
      Date.parse(from) - 1,
      Date.parse(from),
      Date.parse(to) - 1,
    ]);
    const totals = new Map([...new Set(edges)].map((at, place) => [at, 2 ** place]));
    const occurred = [...totals].filter(([at]) => at <= rig.bench.clock.at);
    await rig.bench.store(occurred.map(([at, total]) => order(new Date(at).toISOString(), { total })));
    await rig.bench.service.rollUp();
    const sum = ([from, to]: readonly [string, string]): number =>
      occurred.reduce((all, [at, total]) => all + (at >= Date.parse(from) && at < Date.parse(to) ? total : 0), 0);
    const { comparison, meta, gross_sales } = await rig.overviews.overview({ range, compare });
    expect([meta.from, meta.to, meta.compare_from, meta.compare_to]).toEqual([...current, ...earlier]);
    expect([gross_sales, comparison?.gross_sales]).toEqual([sum(current), sum(earlier)]);
  });
});

describe('days of stock', () => {
  it('divide by the days that have passed, in comparisons alike', async () => {
    await rig.reset('2026-11-16T00:00:00Z');
    const items = (units: number) => ({ total: 10, items: [line('a', units, 1, 'p1')] });
    await rig.bench.store([
      stock('2026-10-20T12:00:00Z', 'p1', 50),
      order('2026-10-20T13:00:00Z', items(5)),
      stock('2026-11-10T12:00:00Z', 'p1', 100),
      order('2026-11-10T13:00:00Z', items(10)),
    ]);
    await rig.rawAndRolledUp(async () => {
      const { items: products } = await rig.products.products({
        from: '2026-11-01T00:00:00Z',
        to: '2026-12-01T00:00:00Z',
        compare: 'previous_period',
        limit: 10,
      });
      // 10 sold in 15 days of the 30: 100 last 150 days. The 15 days from 2 October hold neither stock nor sales.
      expect(products[0]).toMatchObject({ product_id: 'p1', days_of_stock: 150, comparison: { days_of_stock: null } });
      const { items: whole } = await rig.products.products({
        from: '2026-10-17T00:00:00Z',
        to: '2026-11-01T00:00:00Z',
        limit: 10,
      });
      expect(whole[0]).toMatchObject({ days_of_stock: 150 });
    });
  });
});

describe('calendar ranges', () => {
  it('are cut in the zone of the request', async () => {
    await rig.reset('2026-11-18T12:00:00Z');
    await rig.bench.store([
      order('2026-11-17T22:30:00Z', { total: 1 }),
      order('2026-11-17T23:30:00Z', { total: 10 }),
      order('2026-11-18T00:30:00Z', { total: 100 }),
    ]);
    await rig.rawAndRolledUp(async () => {
      const gross = async (time_zone: string) =>
        (await rig.overviews.overview({ range: 'today', time_zone })).gross_sales;
      expect(await gross('Europe/Berlin')).toBe(110);
      expect(await gross('UTC')).toBe(100);
    });
  });
});
