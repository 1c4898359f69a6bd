import fc from 'fast-check';
import type { StreamEvent } from './reference.js';

/** Saturday evening: minutes, hours, days and weeks all end within the hours that the streams cover. */
export const STREAM_END = Date.parse('2026-11-22T02:00:00Z');
const STREAM_HOURS = 30;
const MINUTE_MS = 60_000;
export const STREAM_START = STREAM_END - STREAM_HOURS * 60 * MINUTE_MS;

/** Hours of the stream around midnight, around the end of the week, and the one that is open when the stream begins. */
const HOURS = [0, 3, 4, 22, 24, 27, 28, 29];

/** Few moments, many events: most buckets get several, from several batches. */
const occurredAt = fc
  .record({
    hour: fc.constantFrom(...HOURS),
    minute: fc.constantFrom(0, 1, 29, 59),
    ms: fc.constantFrom(0, 1, 30_000, 59_999),
  })
  .map(({ hour, minute, ms }) => new Date(STREAM_START + (hour * 60 + minute) * MINUTE_MS + ms).toISOString());

const common = { event_id: fc.uuid({ version: 4 }), occurred_at: occurredAt, correlation_id: fc.constant('stream') };
const duration = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60_000 }));
const session = fc.integer({ min: 1, max: 6 }).map((number) => `s${number}`);
const collection = fc.constantFrom('black-rose', 'signature', undefined);
const amount = fc.integer({ min: 0, max: 1_000_000 }).map((cents) => cents / 100);

const apiRequest = fc.record({
  ...common,
  event_type: fc.constant('api_request' as const),
  method: fc.constantFrom('GET', 'POST'),
  route: fc.constantFrom('/a', '/b', '/odd\t"name"\\'),
  status_code: fc.constantFrom(200, 404, 500),
  duration_ms: duration,
});

const mlJob = fc.record({
  ...common,
  event_type: fc.constant('ml_job' as const),
  pipeline: fc.constantFrom('3d', 'assets'),
  provider: fc.constantFrom('tripo', 'gemini'),
  model: fc.constantFrom('m1', undefined),
  status: fc.constantFrom('succeeded', 'failed'),
  duration_ms: duration,
  input_units: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  cost_usd: fc.option(
    fc.integer({ min: 0, max: 5_000_000 }).map((micros) => micros / 1e6),
    { nil: undefined },
  ),
});

const storefront = fc.record({
  ...common,
  event_type: fc.constant('storefront' as const),
  name: fc.constantFrom('page_view', 'product_view', 'add_to_cart'),
  session_id: session,
  collection,
  product_id: fc.constantFrom('p1', 'p2', undefined),
});

const line = fc.record({
  product_id: fc.constantFrom('p1', 'p2'),
  collection,
  quantity: fc.integer({ min: 1, max: 4 }),
  unit_price: fc.integer({ min: 0, max: 50_000 }).map((cents) => cents / 100),
  discount: fc.constantFrom(undefined, undefined, undefined, 0, 2.5),
});

const order = fc.record({
  ...common,
  event_type: fc.constant('order' as const),
  order_id: fc.constantFrom('o1', 'o2', 'o3'),
  status: fc.constantFrom('placed', 'refunded'),
  currency: fc.constantFrom('USD', 'EUR'),
  total: amount,
  discount: amount,
  tax: amount,
  session_id: fc.option(session, { nil: undefined }),
  customer_id: fc.constantFrom('c1', 'c2', undefined),
  items: fc.option(fc.array(line, { maxLength: 4 }), { nil: undefined }),
  test: fc.constantFrom(true, undefined, undefined, undefined),
});

const inventory = fc.record({
  ...common,
  event_type: fc.constant('inventory' as const),
  product_id: fc.constantFrom('p1', 'p2'),
  collection,
  quantity: fc.integer({ min: 0, max: 500 }),
});

const kinds = [apiRequest, mlJob, storefront, order, inventory] as const;

/** What happens to the store between the first event and the check. */
export type Action =
  | { readonly kind: 'store'; readonly events: StreamEvent[] }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'advance'; readonly minutes: number }
  | { readonly kind: 'roll-up' }
  | { readonly kind: 'read' }
  | { readonly kind: 'crash'; readonly rewrites: number }
  | { readonly kind: 'retain' }
  | { readonly kind: 'together'; readonly events: StreamEvent[] };

const DAY_MINUTES = 1_440;

/** What happens, and what comes in after everything else was rolled up, sealed and dropped. */
export interface Script {
  readonly actions: Action[];
  readonly late: StreamEvent[];
}

/** Families do not touch each other, so one or two kinds of events are as good as all, and cheaper. */
export const scripts: fc.Arbitrary<Script> = fc.subarray([...kinds], { minLength: 1, maxLength: 2 }).chain((some) => {
  const events = fc.oneof(...some) as fc.Arbitrary<StreamEvent>;
  const batch = fc.array(events, { minLength: 1, maxLength: 12 });
  return fc.record({ actions: actionsOn(batch), late: batch });
});

function actionsOn(batch: fc.Arbitrary<StreamEvent[]>): fc.Arbitrary<Action[]> {
  // Two or three days: what was written as minutes before is written as hours afterwards.
  const minutes = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 600 }) },
    { weight: 2, arbitrary: fc.constantFrom(2, 3).map((days) => days * DAY_MINUTES) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }).map((days) => days * DAY_MINUTES) },
  );
  const action = fc.oneof(
    { weight: 4, arbitrary: batch.map((events) => ({ kind: 'store' as const, events })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'repeat' as const }) },
    { weight: 3, arbitrary: minutes.map((count) => ({ kind: 'advance' as const, minutes: count })) },
    { weight: 3, arbitrary: fc.constant({ kind: 'roll-up' as const }) },
    { weight: 3, arbitrary: fc.constant({ kind: 'read' as const }) },
    { weight: 1, arbitrary: fc.nat({ max: 3 }).map((rewrites) => ({ kind: 'crash' as const, rewrites })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'retain' as const }) },
    { weight: 2, arbitrary: batch.map((events) => ({ kind: 'together' as const, events })) },
  );
  return fc.array(action, { minLength: 2, maxLength: 12 });
}
