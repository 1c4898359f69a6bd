import { KnowFirstOfAll1796148000000 } from '../../migrations/1796148000000-know-first-of-all.js';
import { openBusinessRig, line, order, visit, type BusinessRig } from './business-rig.js';

let rig: BusinessRig;
beforeAll(async () => (rig = await openBusinessRig()));
afterAll(() => rig.close());
beforeEach(() => rig.reset());

const DAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const BOTH_DAYS = { from: '2026-11-20T00:00:00Z', to: '2026-11-22T00:00:00Z' };

const collection = async (name: string, query = BOTH_DAYS) =>
  (await rig.collections.collections(query)).collections.find((row) => row.collection === name);

describe('what lines give and give back', () => {
  it('leaves nothing of a discounted order that is refunded whole, for shop, collection and product', async () => {
    const items = [line('black-rose', 2, 50)];
    await rig.bench.store([
      order('2026-11-20T10:00:00Z', { total: 80, discount: 20, items }),
      order('2026-11-21T10:00:00Z', { status: 'refunded', total: 80, discount: 20, items }),
    ]);
    await rig.rawAndRolledUp(async () => {
      expect(await rig.overviews.overview(BOTH_DAYS)).toMatchObject({ gross_sales: 100, returns: 80, net_sales: 0 });
      expect(await collection('black-rose')).toMatchObject({ gross_sales: 100, discounts: 20, net_sales: 0 });
      expect(await rig.overviews.overview({ ...DAY, collection: 'black-rose' })).toMatchObject({
        returns: 80,
        net_sales: -80,
      });
      const { items: products } = await rig.products.products({ ...BOTH_DAYS, limit: 10 });
      expect(products).toMatchObject([{ product_id: 'p1', gross_sales: 100, discounts: 20, net_sales: 0 }]);
    });
  });

  it('takes the discounts of the lines where any line has one, and splits the order’s otherwise', async () => {
    await rig.bench.store([
      order('2026-11-21T09:00:00Z', {
        total: 90,
        discount: 10,
        items: [{ ...line('black-rose', 1, 50), discount: 10 }, line('signature', 1, 50, 'p2')],
      }),
      order('2026-11-21T10:00:00Z', {
        total: 90,
        discount: 10,
        items: [line('black-rose', 1, 50), line('signature', 1, 50, 'p2')],
      }),
    ]);
    await rig.rawAndRolledUp(async () => {
      expect(await collection('black-rose')).toMatchObject({ gross_sales: 100, discounts: 15, net_sales: 85 });
      expect(await collection('signature')).toMatchObject({ gross_sales: 100, discounts: 5, net_sales: 95 });
    });
  });

  it('splits a refund by gross less line discount, without tax and shipping', async () => {
    await rig.bench.store([
      order('2026-11-21T09:00:00Z', {
        status: 'cancelled',
        total: 72,
        tax: 9,
        shipping: 3,
        items: [{ ...line('black-rose', 1, 50), discount: 30 }, line('signature', 1, 60, 'p2')],
      }),
    ]);
    await rig.rawAndRolledUp(async () => {
      // 60 back, over 20 and 60.
      expect(await collection('black-rose')).toMatchObject({ net_sales: -15 });
      expect(await collection('signature')).toMatchObject({ net_sales: -45 });
    });
  });

  it('splits what is given back for free lines evenly', async () => {
    await rig.bench.store([
      order('2026-11-21T09:00:00Z', {
        status: 'refunded',
        total: 9,
        items: [line('black-rose', 1, 0), line('signature', 5, 0, 'p2'), line('signature', 1, 0, 'p3')],
      }),
    ]);
    await rig.rawAndRolledUp(async () => {
      expect(await collection('black-rose')).toMatchObject({ net_sales: -3 });
      expect(await collection('signature')).toMatchObject({ net_sales: -6 });
    });
  });

  it('reads rows that were rolled up before lines gave back their part of the refund as they were meant', async () => {
    const items = [line('black-rose', 2, 50)];
    await rig.bench.store([
      order('2026-11-20T10:00:00Z', { total: 100, items }),
      order('2026-11-20T11:00:00Z', { status: 'refunded', total: 100, items }),
    ]);
    await rig.bench.service.rollUp();
    const { dataSource } = rig.bench;
    await dataSource.query(`UPDATE analytics_rollups SET sums = sums[1:3] WHERE family = 'order_collections'`);
    await dataSource.query(`UPDATE analytics_rollups SET sums = sums[1:4] WHERE family = 'order_products'`);
    await dataSource.query(`UPDATE analytics_rollups SET sum = NULL, min = NULL, max = NULL, sketch = NULL`);
    const day = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };
    expect(await collection('black-rose', day)).toMatchObject({ gross_sales: 100, net_sales: 0 });
    expect(await rig.overviews.overview(day)).toMatchObject({
      returns: 100,
      order_value: { min: null, max: null, p50: null, p95: null },
    });
  });
});

describe('order values', () => {
  it('are those of single placed orders, without tax, shipping and discount, and never of refunds', async () => {
    await rig.bench.store([
      order('2026-11-21T09:00:00Z', { total: 112.5, tax: 10, shipping: 2.5, discount: 20 }),
      order('2026-11-21T09:01:00Z', { total: 40 }),
      order('2026-11-21T09:02:00Z', { total: 60 }),
      order('2026-11-21T09:03:00Z', { total: 999, currency: 'EUR' }),
      order('2026-11-21T09:04:00Z', { total: 5000, status: 'refunded' }),
    ]);
    await rig.rawAndRolledUp(async () => {
      const { order_value: value } = await rig.overviews.overview(DAY);
      expect(value).toMatchObject({ min: 40, max: 100 });
      expect(Math.abs((value.p50 ?? 0) - 60)).toBeLessThanOrEqual(0.6);
      expect(Math.abs((value.p95 ?? 0) - 100)).toBeLessThanOrEqual(1);
    });
  });
});

describe('customers', () => {
  it('are new without an order before the range, in any currency, and returning with one', async () => {
    await rig.bench.store([
      order('2026-11-20T10:00:00Z', { customer_id: 'c1', currency: 'EUR' }),
      order('2026-11-20T10:00:00Z', { customer_id: 'c3', test: true }),
      order('2026-11-20T10:00:00Z', { customer_id: 'c4', status: 'paid' }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c1' }),
      order('2026-11-21T11:00:00Z', { customer_id: 'c2' }),
      order('2026-11-21T12:00:00Z', { customer_id: 'c2' }),
      order('2026-11-21T12:00:00Z', { customer_id: 'c3' }),
      order('2026-11-21T12:00:00Z', { customer_id: 'c4' }),
      order('2026-11-21T12:00:00Z', {}),
    ]);
    await rig.rawAndRolledUp(async () => {
      const { customers } = await rig.overviews.overview(DAY);
      expect(customers).toEqual({ new: 3, returning: 1, repeat_rate: 0.25 });
    });
  });

  it('are null where orders name none, and 0 where there is no order', async () => {
    await rig.bench.store([order('2026-11-21T10:00:00Z')]);
    await rig.rawAndRolledUp(async () => {
      expect((await rig.overviews.overview(DAY)).customers).toBeNull();
      expect((await rig.overviews.overview({ ...DAY, currency: 'EUR' })).customers).toEqual({
        new: 0,
        returning: 0,
        repeat_rate: null,
      });
    });
  });

  it('become returning by an order that comes late', async () => {
    await rig.bench.store([order('2026-11-21T10:00:00Z', { customer_id: 'c1' })]);
    await rig.bench.service.rollUp();
    expect((await rig.overviews.overview(DAY)).customers).toMatchObject({ new: 1, returning: 0 });
    await rig.bench.store([order('2026-11-19T10:00:00Z', { customer_id: 'c1' })]);
    await rig.rawAndRolledUp(async () =>
      expect((await rig.overviews.overview(DAY)).customers).toMatchObject({ new: 0, returning: 1 }),
    );
  });

  it('become returning in every currency and collection by one in another, whatever is rolled up of them', async () => {
    const ofCollection = { ...DAY, collection: 'black-rose' };
    await rig.bench.store([
      order('2026-11-21T10:00:00Z', { customer_id: 'c1', items: [line('black-rose', 1, 10)] }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c2', items: [line('black-rose', 1, 10)] }),
    ]);
    await rig.bench.service.rollUp();
    await rig.bench.store([
      order('2026-11-19T10:00:00Z', { customer_id: 'c1', currency: 'EUR' }),
      order('2026-11-21T11:00:00Z', { customer_id: 'c2', items: [line('signature', 1, 10)] }),
      order('2026-11-21T11:00:00Z', { customer_id: 'c3', items: [line('signature', 1, 10)] }),
    ]);
    await rig.rawAndRolledUp(async () => {
      expect((await rig.overviews.overview(DAY)).customers).toMatchObject({ new: 2, returning: 1 });
      expect((await rig.overviews.overview(ofCollection)).customers).toMatchObject({ new: 1, returning: 1 });
    });
    await rig.bench.store([order('2026-11-20T10:00:00Z', { customer_id: 'c2', currency: 'EUR' })]);
    await rig.rawAndRolledUp(async () => {
      expect((await rig.overviews.overview(DAY)).customers).toMatchObject({ new: 1, returning: 2 });
      expect((await rig.overviews.overview(ofCollection)).customers).toMatchObject({ new: 0, returning: 2 });
    });
  });

  it('are those of a collection with it, and new to the shop all the same', async () => {
    await rig.bench.store([
      order('2026-11-20T10:00:00Z', { customer_id: 'c1', items: [line('signature', 1, 10)] }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c1', items: [line('black-rose', 1, 10)] }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c2', items: [line('black-rose', 1, 10), line('velvet', 1, 10)] }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c5', items: [line('signature', 1, 10)] }),
    ]);
    await rig.rawAndRolledUp(async () => {
      const { customers } = await rig.overviews.overview({ ...DAY, collection: 'black-rose' });
      expect(customers).toEqual({ new: 1, returning: 1, repeat_rate: 0.5 });
    });
  });

  it('that an older version kept are completed by the migration', async () => {
    await rig.bench.store([
      order('2026-11-19T10:00:00Z', { customer_id: 'c1', currency: 'EUR' }),
      order('2026-11-20T10:00:00Z', { customer_id: 'c1', items: [line('black-rose', 1, 10), line('velvet', 1, 10)] }),
      order('2026-11-21T10:00:00Z', { customer_id: 'c2' }),
    ]);
    await rig.bench.service.rollUp();
    const { dataSource } = rig.bench;
    const rows = (): Promise<unknown[]> =>
      dataSource.query('SELECT hash, dimensions, first_at, since, last_at FROM first_seen ORDER BY 1, 2');
    const written = await rows();
    expect(written).toHaveLength(7);
    const runner = dataSource.createQueryRunner();
    await new KnowFirstOfAll1796148000000().down(runner);
    await new KnowFirstOfAll1796148000000().up(runner);
    await runner.release();
    expect(await rows()).toEqual(written);
  });

  it('are known longer than their events, by a hash alone, and forgotten after three years without an order', async () => {
    await rig.bench.store([order('2026-11-10T10:00:00Z', { customer_id: 'the-name-itself' })]);
    await rig.bench.service.rollUp();
    rig.bench.clock.at = Date.parse('2026-12-10T12:00:00Z');
    await rig.bench.retention.apply();
    const rows: { kept: string }[] = await rig.bench.dataSource.query('SELECT f::text AS kept FROM first_seen f');
    // By currency, and by currency and collection.
    expect(rows).toHaveLength(2);
    for (const { kept } of rows) expect(kept).not.toContain('the-name-itself');
    await rig.bench.store([order('2026-12-10T10:00:00Z', { customer_id: 'the-name-itself' })]);
    const today = { from: '2026-12-10T00:00:00Z', to: '2026-12-11T00:00:00Z' };
    expect((await rig.overviews.overview(today)).customers).toMatchObject({ new: 0, returning: 1 });
    rig.bench.clock.at = Date.parse('2030-01-01T12:00:00Z');
    await rig.bench.retention.apply();
    expect(await rig.bench.dataSource.query('SELECT 1 FROM first_seen')).toEqual([]);
  });
});

it('a purchase that the storefront reports converts its session', async () => {
  await rig.bench.store([
    visit('2026-11-21T10:00:00Z', 'page_view', 's1'),
    visit('2026-11-21T10:00:00Z', 'purchase', 's2'),
    order('2026-11-21T10:05:00Z', { session_id: 's2', items: [line('black-rose', 1, 10)] }),
    order('2026-11-21T10:05:00Z', { session_id: 's3' }),
    visit('2026-11-21T10:00:00Z', 'purchase', 's4'),
  ]);
  await rig.rawAndRolledUp(async () => {
    expect(await rig.overviews.overview(DAY)).toMatchObject({ sessions: 4, conversion_rate: 0.75, orders: 2 });
    const { steps } = await rig.funnels.funnel(DAY);
    expect(steps.map(({ sessions }) => sessions)).toEqual([4, 3, 3, 3]);
  });
});
