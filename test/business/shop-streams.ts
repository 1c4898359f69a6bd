import fc from 'fast-check';
import type { StreamEvent } from '../rollups/reference.js';
import { NOW } from './business-rig.js';

const MINUTE_MS = 60_000;
const DAYS = 5;
const START = Date.parse(NOW) - DAYS * 1_440 * MINUTE_MS;

/** Minutes around midnight, and at the ends of the ranges that are asked for. */
const occurredAt = fc
  .oneof(
    fc.integer({ min: 0, max: DAYS * 1_440 - 1 }),
    fc.constantFrom(720, 719, 2_160, 2_159, 3_500, 3_501, 4_500, 5_219, 5_220, 5_760),
  )
  .chain((minute) => fc.constantFrom(0, 1, 30_500, 59_999).map((ms) => START + minute * MINUTE_MS + ms))
  .map((ms) => new Date(ms).toISOString());

const common = { event_id: fc.uuid({ version: 4 }), occurred_at: occurredAt, correlation_id: fc.constant('stream') };
const session = fc.integer({ min: 1, max: 9 }).map((number) => `s${number}`);
const collection = fc.constantFrom('black-rose', 'signature', 'velvet', undefined);
const product = fc.integer({ min: 1, max: 6 }).map((number) => `p${number}`);
/** Few prices, so that products tie. */
const price = fc.constantFrom(0, 9.99, 10, 25.5, 100);
const cents = fc.integer({ min: 0, max: 5_000 }).map((amount) => amount / 100);

const line = fc.record({
  product_id: product,
  collection,
  name: fc.constantFrom('Hoodie', 'Tee', undefined),
  quantity: fc.integer({ min: 1, max: 3 }),
  unit_price: price,
  discount: fc.constantFrom(undefined, undefined, undefined, 0, 1.5, 9.99),
});
/** Most orders name no discount of a line, so that the order's own is split. */
const plainLine = line.map(({ discount: _, ...rest }) => rest);

const order = fc.record({
  ...common,
  event_type: fc.constant('order' as const),
  order_id: fc.constantFrom('o1', 'o2', 'o3'),
  status: fc.constantFrom('placed', 'placed', 'placed', 'refunded', 'cancelled', 'paid'),
  currency: fc.constantFrom('USD', 'USD', 'EUR'),
  total: cents,
  discount: cents,
  tax: cents,
  shipping: fc.constantFrom(0, 4.99),
  session_id: fc.option(session, { nil: undefined }),
  customer_id: fc.option(
    fc.integer({ min: 1, max: 7 }).map((number) => `c${number}`),
    { nil: undefined },
  ),
  items: fc.option(fc.oneof(fc.array(plainLine, { maxLength: 4 }), fc.array(line, { maxLength: 4 })), {
    nil: undefined,
  }),
  test: fc.constantFrom(true, undefined, undefined, undefined, undefined),
});

const visit = fc.record({
  ...common,
  event_type: fc.constant('storefront' as const),
  name: fc.constantFrom('page_view', 'product_view', 'product_view', 'add_to_cart', 'checkout_started', 'purchase'),
  session_id: session,
  collection,
  product_id: fc.option(product, { nil: undefined }),
});

/** Two reports of one instant are both the last, so no two are. */
const inventory = fc.record({
  ...common,
  event_type: fc.constant('inventory' as const),
  product_id: product,
  collection,
  quantity: fc.integer({ min: -2, max: 50 }),
});

export const shopEvents: fc.Arbitrary<StreamEvent[]> = fc
  .tuple(
    fc.array(order, { minLength: 5, maxLength: 25 }),
    fc.array(visit, { minLength: 10, maxLength: 60 }),
    fc.uniqueArray(inventory, { maxLength: 8, selector: (event) => `${event.product_id} ${event.occurred_at}` }),
  )
  .map((groups) => groups.flat());
