import fc from 'fast-check';
import type { SalesQueryDto } from '../../src/business/dto/business-query.dto.js';
import type { StreamEvent } from '../rollups/reference.js';
import { line, NOW, openBusinessRig, order, stock, visit, type BusinessRig } from './business-rig.js';
import { Reference } from './reference.js';
import { shopEvents } from './shop-streams.js';
import { inSoak } from '../support/soak.js';

/** What is cut into points, pages and periods: each part against a computation over the events of that part alone. */
const RUNS = 3;
/** A stream alone has few orders of one collection. */
const busyShop = fc.array(shopEvents, { minLength: 10, maxLength: 10 }).map((streams) => streams.flat());
const DAY_MS = 86_400_000;

let rig: BusinessRig;
beforeAll(async () => (rig = await openBusinessRig()));
afterAll(() => rig.close());

/** A day of 25 hours, the end of a year, a leap day, and hours; each with the local midnights of its zone. */
const SERIES: readonly (readonly [now: string, query: SalesQueryDto])[] = [
  [NOW, { from: '2026-11-18T00:00:00Z', to: '2026-11-22T00:00:00Z', step: '1d' }],
  [NOW, { from: '2026-11-18T00:00:00Z', to: '2026-11-22T00:00:00Z', step: '1h', collection: 'black-rose' }],
  [
    '2026-10-27T12:00:00Z',
    { from: '2026-10-22T22:00:00Z', to: '2026-10-26T23:00:00Z', step: '1d', time_zone: 'Europe/Paris' },
  ],
  ['2027-01-03T12:00:00Z', { from: '2026-12-29T00:00:00Z', to: '2027-01-03T00:00:00Z', step: '1d' }],
  ['2028-03-02T12:00:00Z', { from: '2028-02-27T00:00:00Z', to: '2028-03-02T00:00:00Z', step: '1d' }],
];

it.each(inSoak ? SERIES : SERIES.slice(1, 3))(
  'every point is what its own events give: at %s %j',
  async (now, query) => {
    await fc.assert(
      fc.asyncProperty(busyShop, async (shop) => {
        const events = movedTo(now, shop);
        await rig.reset(now);
        await rig.bench.store(events);
        await rig.rawAndRolledUp(() => expectPoints(events, query));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
);

async function expectPoints(events: readonly StreamEvent[], query: SalesQueryDto): Promise<void> {
  const { points } = await rig.series.sales({ ...query, currency: 'USD' });
  const ends = [...points.slice(1).map(({ t }) => t), query.to ?? ''];
  const reference = new Reference(events);
  const { collection } = query;
  for (const [index, point] of points.entries()) {
    const question = { from: Date.parse(point.t), to: Date.parse(ends[index] ?? ''), currency: 'USD', collection };
    const { gross_sales, discounts, returns, net_sales, orders, units, average_order_value } =
      reference.overview(question);
    expect(point).toMatchObject({ gross_sales, discounts, returns, net_sales, orders, units, average_order_value });
  }
}

/** The streams end shortly before the clock that they were made for. */
function movedTo(now: string, events: readonly StreamEvent[]): StreamEvent[] {
  const shift = Date.parse(now) - Date.parse(NOW);
  return events.map((event) => ({
    ...event,
    occurred_at: new Date(Date.parse(event.occurred_at) + shift).toISOString(),
  }));
}

it('pages through products that tie without showing one twice or leaving one out, whatever the sort', async () => {
  const [from, to] = ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
  const ids = Array.from({ length: 11 }, (_, index) => `p${String(index).padStart(2, '0')}`);
  await rig.reset();
  await rig.bench.store([
    ...ids.map((id, index) => order('2026-11-20T10:00:00Z', { items: [line('velvet', 1, index < 8 ? 10 : 20, id)] })),
    stock('2026-11-20T09:00:00Z', 'p03', 5),
    visit('2026-11-20T09:30:00Z', 'product_view', 's1', { product_id: 'p04' }),
  ]);
  await rig.rawAndRolledUp(async () => {
    for (const sort of ['gross_sales', 'inventory', 'conversion_rate'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await rig.products.products({ from, to, sort, limit: 3, ...(cursor && { cursor }) });
        seen.push(...page.items.map(({ product_id }) => product_id));
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      expect([...seen].sort()).toEqual(ids);
      const first = {
        gross_sales: ['p08', 'p09', 'p10', 'p00'],
        inventory: ['p03', 'p00'],
        conversion_rate: ['p04', 'p00'],
      };
      expect(seen.slice(0, first[sort].length)).toEqual(first[sort]);
    }
  });
});

it.each(['previous_period', 'previous_year'] as const)('compares every page with the %s', async (compare) => {
  const [from, to] = ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
  const earlier = compare === 'previous_period' ? Date.parse(from) - DAY_MS : Date.parse('2025-11-20T00:00:00Z');
  const then = new Date(earlier + DAY_MS / 2).toISOString();
  const session = { session_id: 's1' };
  await rig.reset();
  await rig.bench.store([
    visit(then, 'product_view', 's1', { product_id: 'p1', collection: 'signature' }),
    visit(then, 'product_view', 's2', { product_id: 'p1', collection: 'signature' }),
    order(then, { total: 40, items: [line('signature', 1, 40)], ...session }),
    visit('2026-11-20T12:00:00Z', 'product_view', 's1', { product_id: 'p1', collection: 'signature' }),
    order('2026-11-20T12:00:00Z', { total: 60, items: [line('signature', 2, 30)], ...session }),
    // An order of the earlier time, given back in this one, leaves the earlier one as it was.
    order('2026-11-20T13:00:00Z', { status: 'refunded', total: 40, items: [line('signature', 1, 40)] }),
  ]);
  const query = { from, to, compare };
  await rig.rawAndRolledUp(async () => {
    const { items } = await rig.products.products({ ...query, limit: 10 });
    expect(items).toMatchObject([
      {
        net_sales: 20,
        units: 2,
        conversion_rate: 1,
        comparison: { net_sales: 40, units: 1, conversion_rate: 0.5, change: { net_sales: -0.5, units: 1 } },
      },
    ]);
    const { collections } = await rig.collections.collections(query);
    expect(collections.find(({ collection }) => collection === 'signature')).toMatchObject({
      share_of_sales: 1,
      comparison: { net_sales: 40, share_of_sales: 1, change: { gross_sales: 0.5, share_of_sales: 0 } },
    });
    const { steps } = await rig.funnels.funnel(query);
    expect(steps.map(({ sessions, comparison }) => [sessions, comparison?.sessions])).toEqual([
      [1, 2],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });
});
