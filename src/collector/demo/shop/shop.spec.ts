import { EVENT_SCHEMAS, prepareEvent } from '../../../events/index.js';
import { HOUR_MS, type Period, type ShopPlan } from './plan.js';
import { Shop } from './shop.js';

interface ShopEvent extends Record<string, unknown> {
  event_type: keyof typeof EVENT_SCHEMAS;
  event_id: string;
  occurred_at: string;
}

interface OrderEvent extends ShopEvent {
  order_id: string;
  status: string;
  currency: string;
  total: number;
  discount: number;
  tax: number;
  shipping: number;
  test?: boolean;
  items?: { product_id: string; collection: string; quantity: number; unit_price: number }[];
}

const DAY_MS = 24 * HOUR_MS;
const UNTIL = Date.parse('2026-11-22T00:00:00Z') - 1;
const PLAN: ShopPlan = {
  seed: 'test',
  eventsPerDay: 4_000,
  collections: ['black-rose', 'love-hurts', 'signature'],
  currencies: ['USD', 'EUR'],
};

const lastDays = (days: number): Period => ({ fromMs: UNTIL + 1 - days * DAY_MS, untilMs: UNTIL });
const draw = (plan: ShopPlan, period: Period): string[] => [...new Shop(plan).draw(period)].flat();
const keyOf = (json: string): string => {
  const { event_id: id, occurred_at: at } = JSON.parse(json) as ShopEvent;
  return `${id} ${at}`;
};

describe('the same plan', () => {
  const period = lastDays(2);
  const texts = draw(PLAN, period);

  it('gives the same texts again', () => {
    expect(draw(PLAN, period)).toEqual(texts);
  });

  it('gives on the next day all it gave before, and only later events besides', () => {
    const before = new Set(texts.map(keyOf));
    const after = draw(PLAN, { fromMs: period.fromMs, untilMs: period.untilMs + DAY_MS }).map(keyOf);
    expect(after.slice(0, texts.length)).toEqual([...before]);
    expect(after.length).toBeGreaterThan(texts.length + 2_000);
  });

  it('gives the same events as part of a longer period', () => {
    const longer = new Set(draw(PLAN, lastDays(4)).map(keyOf));
    // What was drawn in the last hours before the period and falls into it belongs to the longer one only.
    expect(texts.filter((text) => !longer.has(keyOf(text)))).toEqual([]);
  });

  it('can be cut at any instant', () => {
    const untilMs = period.fromMs + 10 * HOUR_MS + 123_456;
    const cut = draw(PLAN, { ...period, untilMs });
    expect(cut.map(keyOf)).toEqual(texts.map(keyOf).slice(0, cut.length));
    expect(Date.parse((JSON.parse(cut.at(-1) as string) as ShopEvent).occurred_at)).toBeLessThanOrEqual(untilMs);
  });
});

it.each([
  ['seed', { ...PLAN, seed: 'other' }],
  ['size', { ...PLAN, eventsPerDay: 4_001 }],
  ['collections', { ...PLAN, collections: ['black-rose'] }],
])('shares no event id with a shop of another %s', (_, other) => {
  const ids = new Set(draw(PLAN, lastDays(1)).map((text) => (JSON.parse(text) as ShopEvent).event_id));
  expect(draw(other, lastDays(1)).filter((text) => ids.has((JSON.parse(text) as ShopEvent).event_id))).toEqual([]);
});

describe('a month of a shop', () => {
  const days = 30;
  const shop = new Shop(PLAN);
  const events = draw(PLAN, lastDays(days)).map((text) => JSON.parse(text) as ShopEvent);
  const ofType = <T extends ShopEvent>(type: string): T[] => events.filter((event) => event.event_type === type) as T[];
  const orders = ofType<OrderEvent>('order');
  const placed = orders.filter(({ status }) => status === 'placed');

  it('holds about as many events as were asked for, in the order of their times', () => {
    expect(events.length / days / PLAN.eventsPerDay).toBeGreaterThan(0.93);
    expect(events.length / days / PLAN.eventsPerDay).toBeLessThan(1.07);
    const times = events.map((event) => event.occurred_at);
    expect(times).toEqual([...times].sort());
  });

  it('has an id of its own for every event', () => {
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
    expect(events[0]?.event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is taken by the service to the last event', () => {
    const circumstances = { nowMicros: UNTIL * 1000, backfillMaxDays: 800, correlationId: 'x', fromOutside: true };
    const refused = events
      .map((event) => prepareEvent({ ...event }, circumstances))
      .filter((prepared) => 'errors' in prepared);
    expect(refused).toEqual([]);
  });

  it('has events of every type but the alert engine’s', () => {
    const types = new Set(events.map((event) => event.event_type));
    expect([...types].sort()).toEqual(
      Object.keys(EVENT_SCHEMAS)
        .filter((type) => type !== 'alert')
        .sort(),
    );
  });

  it('leads fewer sessions to each step of the funnel, and a few of 100 to an order', () => {
    const storefront = ofType<ShopEvent & { name: string; session_id: string }>('storefront');
    const sessionsAt = (step: string): number =>
      new Set(storefront.filter(({ name }) => name === step).map((event) => event.session_id)).size;
    const steps = ['page_view', 'product_view', 'add_to_cart', 'checkout_started'].map(sessionsAt);
    const funnel = [...steps, new Set(placed.map((order) => order['session_id'])).size];
    expect([...funnel].sort((a, b) => b - a)).toEqual(funnel);
    const conversion = (funnel[4] as number) / (funnel[0] as number);
    expect(conversion).toBeGreaterThan(0.015);
    expect(conversion).toBeLessThan(0.06);
  });

  it('is busiest in the evening and quiet at night', () => {
    const byHour = new Array<number>(24).fill(0);
    for (const event of ofType('storefront')) byHour[Number(event.occurred_at.slice(11, 13))]! += 1;
    expect(byHour[20]! / byHour[4]!).toBeGreaterThan(5);
  });

  it('charges what its lines, discount, tax and shipping add up to', () => {
    for (const order of placed) {
      const lines = (order.items ?? []).reduce(
        (sum, item) => sum + Math.round(item.quantity * item.unit_price * 100),
        0,
      );
      const charged = lines + Math.round((order.tax + order.shipping - order.discount) * 100);
      expect(Math.round(order.total * 100)).toBe(charged);
    }
  });

  it('gives back no more than was paid, after it was paid', () => {
    const byId = new Map(placed.map((order) => [order.order_id, order]));
    const returns = orders.filter(({ status }) => status === 'refunded' || status === 'cancelled');
    expect(returns.length).toBeGreaterThan(20);
    for (const back of returns) {
      const order = byId.get(back.order_id);
      // Orders from before the month are not part of it.
      expect(order).toBeDefined();
      expect(back.total).toBeLessThanOrEqual(order?.total ?? 0);
      expect(back.occurred_at > (order?.occurred_at ?? '')).toBe(true);
    }
  });

  it('sells in all collections and two currencies, and has test orders', () => {
    const collections = new Set(placed.flatMap(({ items }) => items?.map(({ collection }) => collection) ?? []));
    expect([...collections].sort()).toEqual([...PLAN.collections].sort());
    expect(new Set(placed.map(({ currency }) => currency))).toEqual(new Set(PLAN.currencies));
    expect(placed.some(({ test }) => test)).toBe(true);
  });

  it('lets stock fall and be filled up again, never below nothing', () => {
    const levels = new Map<string, number[]>();
    for (const { product_id: id, quantity } of ofType<ShopEvent & { product_id: string; quantity: number }>(
      'inventory',
    )) {
      levels.set(id, [...(levels.get(id) ?? []), quantity]);
    }
    expect(levels.size).toBe(24);
    for (const [, quantities] of levels) {
      expect(Math.min(...quantities)).toBeGreaterThanOrEqual(0);
      expect(quantities.some((quantity, index) => quantity > (quantities[index - 1] ?? quantity))).toBe(true);
    }
  });

  it('runs jobs that mostly succeed, some of them without a cost', () => {
    const jobs = ofType<ShopEvent & { pipeline: string; status: string; cost_usd?: number }>('ml_job');
    expect(new Set(jobs.map(({ pipeline }) => pipeline))).toEqual(new Set(['3d', 'descriptions', 'assets']));
    const share = (test: (job: (typeof jobs)[number]) => boolean): number => jobs.filter(test).length / jobs.length;
    expect(share(({ status }) => status === 'succeeded')).toBeGreaterThan(0.85);
    expect(share(({ status }) => status === 'failed')).toBeGreaterThan(0.01);
    expect(share(({ cost_usd: cost }) => cost === undefined)).toBeGreaterThan(0.1);
  });

  it('has one bad hour in any seven days: more errors, longer waits, fewer orders', () => {
    const [incidentMs, ...more] = shop.calendar.incidents(lastDays(7));
    expect(more).toEqual([]);
    const requests = ofType<ShopEvent & { status_code: number; duration_ms: number }>('api_request');
    const during = (fromMs: number): typeof requests =>
      requests.filter(
        (event) =>
          Date.parse(event.occurred_at) >= fromMs + 600_000 && Date.parse(event.occurred_at) < fromMs + HOUR_MS,
      );
    const errorRate = (hour: typeof requests): number =>
      hour.filter((event) => event.status_code >= 500).length / hour.length;
    const meanMs = (hour: typeof requests): number =>
      hour.reduce((sum, event) => sum + event.duration_ms, 0) / hour.length;
    const [bad, usual] = [during(incidentMs as number), during((incidentMs as number) - DAY_MS)];
    expect(errorRate(bad)).toBeGreaterThan(0.15);
    expect(errorRate(usual)).toBeLessThan(0.05);
    expect(meanMs(bad)).toBeGreaterThan(3 * meanMs(usual));
    const incidents = shop.calendar.incidents(lastDays(days));
    const ordersIn = (starts: number[]): number =>
      placed.filter(({ occurred_at: at }) =>
        starts.some((start) => Date.parse(at) >= start && Date.parse(at) < start + HOUR_MS),
      ).length;
    expect(ordersIn(incidents)).toBeLessThan(ordersIn(incidents.map((start) => start - DAY_MS)) * 0.5);
  });
});

it.each([
  ['JPY', 0],
  ['KWD', 3],
])('writes amounts of %s with %i decimals at most', (currency, decimals) => {
  const orders = draw({ ...PLAN, currencies: [currency] }, lastDays(2))
    .map((text) => JSON.parse(text) as OrderEvent)
    .filter((event) => event.event_type === 'order');
  expect(orders.length).toBeGreaterThan(5);
  for (const { total, items } of orders) {
    for (const amount of [total, ...(items ?? []).map((item) => item.unit_price)]) {
      expect(Number(amount.toFixed(decimals))).toBe(amount);
    }
  }
});
