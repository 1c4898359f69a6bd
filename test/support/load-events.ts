import { randomUUID } from 'node:crypto';

/** Distinct sessions are exact up to 1,000. */
const SESSIONS = 300;
const PRODUCTS = 20;

export interface SentEvent {
  readonly event_type: string;
  readonly event_id: string;
  readonly occurred_at: string;
  readonly [field: string]: unknown;
}

/** The figures of `business/overview` and `ml/overview` that events add up to. */
export interface LoadFigures {
  readonly orders: number;
  readonly units: number;
  readonly gross_sales: number;
  readonly sessions: number;
  readonly jobs: number;
}

/** The `number`-th event of a load: orders, page views, ML jobs and requests in turn, every order of another amount. */
export function loadEvent(number: number, occurredAt: Date): SentEvent {
  const common = { event_id: randomUUID(), occurred_at: occurredAt.toISOString(), source: 'load' };
  switch (number % 4) {
    case 0:
      return { ...common, event_type: 'order', ...orderFields(number) };
    case 1:
      return { ...common, event_type: 'storefront', name: 'page_view', session_id: sessionOf(number), page: '/' };
    case 2:
      return { ...common, event_type: 'ml_job', ...jobFields(number) };
    default:
      return { ...common, event_type: 'api_request', ...requestFields(number) };
  }
}

/** Counted by hand, not by the code under test. */
export function figuresOf(events: readonly SentEvent[]): LoadFigures {
  const orders = events.filter(({ event_type }) => event_type === 'order');
  const cents = orders.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), 0);
  return {
    orders: orders.length,
    units: orders.reduce((sum, { items }) => sum + (items as [{ quantity: number }])[0].quantity, 0),
    gross_sales: cents / 100,
    sessions: new Set(events.flatMap(({ session_id }) => session_id ?? [])).size,
    jobs: events.filter(({ event_type }) => event_type === 'ml_job').length,
  };
}

function orderFields(number: number): object {
  const quantity = 1 + (number % 3);
  const total = (1_000 + number) / 100;
  return {
    order_id: `load-${number}`,
    status: 'placed',
    currency: 'USD',
    total,
    session_id: sessionOf(number),
    items: [{ product_id: `p${number % PRODUCTS}`, quantity, unit_price: 5 }],
  };
}

function jobFields(number: number): object {
  return { pipeline: '3d', provider: 'tripo', status: 'succeeded', duration_ms: 1_000 + (number % 977) };
}

function requestFields(number: number): object {
  return { method: 'GET', route: '/products/:id', status_code: 200, duration_ms: 1 + (number % 83) };
}

function sessionOf(number: number): string {
  return `session-${number % SESSIONS}`;
}
