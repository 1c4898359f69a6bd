import fc from 'fast-check';
import type { StreamEvent } from '../rollups/reference.js';
import type { OrderValueDto } from '../../src/business/dto/overview.dto.js';
import { HOUSE, line, NOW, openBusinessRig, order, type BusinessRig } from './business-rig.js';
import { Reference, type Question } from './reference.js';
import { shopEvents } from './shop-streams.js';

/** Every figure of every business endpoint, on random events, against the plainest computation there is. */
const RUNS = Number(process.env['BUSINESS_RUNS'] ?? 2);

let rig: BusinessRig;
beforeAll(async () => (rig = await openBusinessRig()));
afterAll(() => rig.close());

/** The last three days whole; a range whose ends lie within a minute; an hour that may be empty. */
const RANGES = [
  ['2026-11-19T00:00:00Z', '2026-11-22T00:00:00Z'],
  ['2026-11-20T10:20:30.500Z', '2026-11-21T22:59:59.999Z'],
  ['2026-11-21T03:00:00Z', '2026-11-21T04:00:00Z'],
] as const;
const FILTERS = [
  { currency: 'USD' },
  { currency: 'EUR', collection: 'black-rose' },
  { currency: 'USD', collection: 'velvet' },
] as const;

it.each(FILTERS)(
  'agree with a computation over every event: %j',
  async (filter) => {
    await fc.assert(
      fc.asyncProperty(shopEvents, async (events) => {
        await rig.reset(NOW);
        await rig.bench.store(events);
        await rig.rawAndRolledUp(async () => {
          for (const [from, to] of RANGES) await expectFigures(events, { ...filter, from, to });
        });
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  60_000 + RUNS * 5_000,
);

it('count an order of a product once, however many collections its lines stand in', async () => {
  const [at, from, to] = ['2026-11-20T12:00:00Z', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
  await rig.reset();
  await rig.bench.store([
    order(at, { items: [line('velvet', 1, 0), line('signature', 1, 10)] }),
    order(at, { items: [line('velvet', 2, 0)] }),
  ]);
  const orders = async (collection?: string): Promise<unknown> =>
    (await rig.products.products({ from, to, collection, limit: 10 })).items.map((item) => item.orders);
  await rig.rawAndRolledUp(async () => {
    expect([await orders(), await orders('velvet'), await orders('signature')]).toEqual([[2], [2], [1]]);
  });
});

interface Query {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly collection?: string;
}

async function expectFigures(events: readonly StreamEvent[], query: Query): Promise<void> {
  const question: Question = { ...query, from: Date.parse(query.from), to: Date.parse(query.to) };
  const reference = new Reference(events);
  const overview = await rig.overviews.overview(query);
  expect(overview).toMatchObject(roughly(reference.overview(question)));
  expectOrderValue(overview.order_value, reference.orderValues(question));
  const customers = reference.customers(question);
  expect(overview.customers).toEqual(customers && { ...customers, repeat_rate: repeatRate(customers) });
  await expectProducts(query, reference.products(question));
  await expectCollections(query, reference.collections({ ...question, collection: undefined }, HOUSE));
  const { steps } = await rig.funnels.funnel(query);
  expect(steps.map(({ sessions }) => sessions)).toEqual(reference.funnel(question));
}

/** Nearest rank: within 1 % of the exact value, and an exact 0 stays 0. Values below 0 are only known by the extremes. */
function expectOrderValue(found: OrderValueDto, values: readonly number[]): void {
  if (values.length === 0) return expect(found).toEqual({ min: null, max: null, p50: null, p95: null });
  expect(found).toMatchObject({ min: cents(values[0]!), max: cents(values.at(-1)!) });
  for (const [figure, q] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const exact = values[Math.ceil(q * values.length) - 1]!;
    if (exact >= 0) expect(Math.abs(found[figure]! - exact)).toBeLessThanOrEqual(0.01 * exact + 0.005);
  }
}

function cents(value: number): number {
  return Math.sign(value) * (Math.round(Math.abs(value) * 100 + 1e-7) / 100) + 0;
}

function repeatRate({ new: fresh, returning }: { new: number; returning: number }): number | null {
  return fresh + returning === 0 ? null : returning / (fresh + returning);
}

async function expectProducts(query: Query, expected: ReturnType<Reference['products']>): Promise<void> {
  const { items } = await rig.products.products({ ...query, limit: 200 });
  expect(items.map((item) => item.product_id).sort()).toEqual([...expected.keys()].sort());
  for (const item of items) expect(item).toMatchObject(roughly(expected.get(item.product_id) ?? {}));
}

async function expectCollections(query: Query, expected: ReturnType<Reference['collections']>): Promise<void> {
  const { collections } = await rig.collections.collections(query);
  const listed = query.collection === undefined ? [...expected.keys()] : [query.collection];
  expect(collections.map(({ collection }) => collection).sort()).toEqual(listed.sort());
  for (const row of collections) {
    const nothing = { gross_sales: 0, orders: 0, views: 0, conversion_rate: null };
    expect(row).toMatchObject(roughly(expected.get(row.collection) ?? nothing));
  }
}

/** Ratios come out of floating point here and of decimals there. */
function roughly(row: Record<string, number | null>): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]): [string, unknown] => [
    name,
    value === null || Number.isInteger(value) ? value : (expect.closeTo(value, 9) as unknown),
  ]);
  return Object.fromEntries(entries);
}
