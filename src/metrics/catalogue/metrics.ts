import {
  add,
  count,
  distinct,
  divide,
  gauge,
  percentile,
  subtract,
  sum,
  valueOf,
  type DistinctPart,
  type Expression,
  type Gauge,
  type Where,
} from './expression.js';
import { MAX_RANGE_DAYS } from '../time/time-range.js';
import type { CountedUnit, Metric, MetricUnit, Noun } from './metric.js';

const PLACED: Where = { status: ['placed'] };
const GIVEN_BACK: Where = { status: ['refunded', 'cancelled'] };
const FAILED_REQUEST: Where = { status_class: ['5xx'] };
const REFUSED_REQUEST: Where = { status_class: ['4xx'] };

const VIEWED: Where = { step: ['product_view'] };
const PUT_INTO_CART: Where = { step: ['add_to_cart'] };

/** gross_sales − discounts of one placed order; of a collection what its lines have of both. */
const ORDER_VALUE_FAMILIES = ['orders', 'order_collections'] as const;

/** Order figures come from the order; line figures (per collection or product) from its lines. */
const LINE_FAMILIES = ['order_collections', 'order_products'] as const;

function perLines(formula: (family: string) => Expression): Expression[] {
  return LINE_FAMILIES.map(formula);
}

/** Order-level sum of the events that `where` names: total + discount − tax − shipping and the like. */
const ordered = (measure: string, where: Where): Expression => sum('orders', measure, where);

const grossSales = add(
  ordered('total', PLACED),
  subtract(ordered('discount', PLACED), add(ordered('tax', PLACED), ordered('shipping', PLACED))),
);
const discounts = ordered('discount', PLACED);
const returns = subtract(
  ordered('total', GIVEN_BACK),
  add(ordered('tax', GIVEN_BACK), ordered('shipping', GIVEN_BACK)),
);
const netSales = subtract(subtract(grossSales, discounts), returns);
const taxAndShipping = subtract(
  add(ordered('tax', PLACED), ordered('shipping', PLACED)),
  add(ordered('tax', GIVEN_BACK), ordered('shipping', GIVEN_BACK)),
);

const lineGross = (family: string): Expression => sum(family, 'gross', PLACED);
const lineDiscounts = (family: string): Expression => sum(family, 'discount', PLACED);
const lineReturns = (family: string): Expression => sum(family, 'returned', GIVEN_BACK);
const lineNet = (family: string): Expression =>
  subtract(subtract(lineGross(family), lineDiscounts(family)), lineReturns(family));

/** The lines of a product may stand in several collections of one order, which is one order of the product all the same. */
const productOrders = [count('order_products', PLACED, ['collection']), sum('order_products', 'orders', PLACED)];
const lineOrders: readonly (readonly [family: string, orders: Expression])[] = [
  ['order_collections', count('order_collections', PLACED)],
  ...productOrders.map((orders) => ['order_products', orders] as const),
];

/** A session belongs to no currency, so a currency filter does not narrow it. */
const NO_CURRENCY = { ignores: ['currency'] } as const;

/** Storefront and order families that know the same dimensions. */
const SESSION_SOURCES = [
  ['storefront', 'orders'],
  ['storefront', 'order_collections'],
  ['storefront_products', 'order_products'],
] as const;

const STOREFRONT_FAMILIES = ['storefront', 'storefront_products'] as const;

function perSessions(parts: (storefront: string, orders: string) => Expression): Expression[] {
  return SESSION_SOURCES.map(([storefront, orders]) => parts(storefront, orders));
}

const seen = (family: string, ...steps: string[]): DistinctPart => ({
  family,
  where: steps.length > 0 ? { step: steps } : undefined,
  ...NO_CURRENCY,
});
const bought = (family: string): DistinctPart => ({ family, where: PLACED, ...NO_CURRENCY });

/** A unit of things that are counted, with the noun that texts write behind the number. */
interface Counted {
  readonly unit: CountedUnit;
  readonly noun: Noun;
}

const counted = (one: string, unit: CountedUnit = 'count', other = `${one}s`): Counted => ({
  unit,
  noun: { one, other },
});

const REQUESTS = counted('request');
const JOBS = counted('job');
const ORDERS = counted('order');
const CUSTOMERS = counted('customer');
const SESSIONS = counted('session');
const ERRORS = counted('error');
const UNITS = counted('unit', 'items');
const QUEUED_JOBS = counted('job', 'jobs');
const EVALUATIONS = counted('evaluation');

function metric(
  name: string,
  unit: Exclude<MetricUnit, CountedUnit> | Counted,
  description: string,
  ...formulas: Expression[]
): Metric {
  const measured = typeof unit === 'string' ? { unit } : unit;
  return { name, ...measured, description, formulas };
}

const API_METRICS = [
  metric('api.request_count', REQUESTS, 'Requests.', count('api')),
  metric(
    'api.error_rate',
    'ratio',
    'Requests answered 5xx / requests. 4xx are apart.',
    divide(count('api', FAILED_REQUEST), count('api')),
  ),
  metric(
    'api.client_error_rate',
    'ratio',
    'Requests answered 4xx other than 429 / requests.',
    divide(subtract(count('api', REFUSED_REQUEST), sum('api', 'throttled')), count('api')),
  ),
  metric(
    'api.throttled_rate',
    'ratio',
    'Requests answered 429 / requests.',
    divide(sum('api', 'throttled'), count('api')),
  ),
  metric('api.latency_avg', 'ms', 'Mean duration of all requests.', valueOf('api', 'avg')),
  metric('api.latency_max', 'ms', 'Longest duration of a request.', valueOf('api', 'max')),
  ...[50, 95, 99].map((rank) =>
    metric(
      `api.latency_p${rank}`,
      'ms',
      `${rank}th percentile of all requests’ durations.`,
      percentile('api', rank / 100),
    ),
  ),
];

const SUCCEEDED: Where = { status: ['succeeded'] };
const FAILED: Where = { status: ['failed'] };

function jobCosts(where?: Where): Expression {
  return add(sum('ml', 'cost_usd', where), sum('ml', 'estimated_cost_usd', where));
}

const ML_METRICS = [
  metric('ml.job_count', JOBS, 'Finished jobs of any status.', count('ml')),
  metric('ml.success_count', JOBS, 'Jobs that succeeded.', count('ml', SUCCEEDED)),
  metric('ml.failure_count', JOBS, 'Jobs that failed.', count('ml', FAILED)),
  metric('ml.cancelled_count', JOBS, 'Jobs that were cancelled.', count('ml', { status: ['cancelled'] })),
  metric(
    'ml.success_rate',
    'ratio',
    'succeeded / (succeeded + failed).',
    divide(count('ml', SUCCEEDED), count('ml', { status: ['succeeded', 'failed'] })),
  ),
  metric('ml.duration_avg', 'ms', 'Mean duration of all jobs.', valueOf('ml', 'avg')),
  metric(
    'ml.cost_usd',
    'usd',
    'Σ cost of all jobs, failed ones too: reported, and where a job reported none, estimated by the price table.',
    jobCosts(),
  ),
  metric('ml.reported_cost_usd', 'usd', 'Σ cost that the jobs reported, failed ones too.', sum('ml', 'cost_usd')),
  metric('ml.unpriced_jobs', JOBS, 'Jobs that reported no cost.', sum('ml', 'unpriced_jobs')),
  metric(
    'ml.unpriced_unitless_jobs',
    JOBS,
    'Jobs that reported neither a cost nor units.',
    sum('ml', 'unpriced_unitless_jobs'),
  ),
  metric(
    'ml.unpriced_inputless_jobs',
    JOBS,
    'Jobs that reported neither a cost nor input units.',
    sum('ml', 'unpriced_inputless_jobs'),
  ),
  metric(
    'ml.unpriced_outputless_jobs',
    JOBS,
    'Jobs that reported neither a cost nor output units.',
    sum('ml', 'unpriced_outputless_jobs'),
  ),
  metric('ml.unpriced_seconds', 'seconds', 'Σ duration of jobs that reported no cost.', sum('ml', 'unpriced_seconds')),
  metric(
    'ml.unpriced_input_units',
    counted('input unit'),
    'Σ input units of jobs that reported no cost.',
    sum('ml', 'unpriced_input_units'),
  ),
  metric(
    'ml.unpriced_output_units',
    counted('output unit'),
    'Σ output units of jobs that reported no cost.',
    sum('ml', 'unpriced_output_units'),
  ),
  metric(
    'ml.wasted_cost_usd',
    'usd',
    'Σ cost of failed and cancelled jobs, reported or estimated.',
    jobCosts({ status: ['failed', 'cancelled'] }),
  ),
  ...[50, 95, 99].map((rank) =>
    metric(`ml.duration_p${rank}`, 'ms', `${rank}th percentile of all jobs’ durations.`, percentile('ml', rank / 100)),
  ),
];

/** A stock that nobody reported for longer than any range can be is not known any more. */
const STOCK: Pick<Gauge, 'series' | 'knownForDays'> = { series: ['product'], knownForDays: MAX_RANGE_DAYS };

const BUSINESS_METRICS = [
  metric(
    'business.gross_sales',
    'money',
    'Σ (total + discount − tax − shipping) of placed orders; of lines Σ quantity × unit_price.',
    grossSales,
    ...perLines(lineGross),
  ),
  metric(
    'business.discounts',
    'money',
    'Σ discount of placed orders; of lines their own, or their share of it by gross sales.',
    discounts,
    ...perLines(lineDiscounts),
  ),
  metric(
    'business.returns',
    'money',
    'Σ (total − tax − shipping) of refunded and cancelled orders; of lines what those that list items give back of it.',
    returns,
    ...perLines(lineReturns),
  ),
  metric('business.net_sales', 'money', 'gross_sales − discounts − returns.', netSales, ...perLines(lineNet)),
  metric(
    'business.total_sales',
    'money',
    'net_sales + tax + shipping of placed less those of refunded and cancelled. Lines have neither.',
    add(netSales, taxAndShipping),
  ),
  metric(
    'business.orders',
    ORDERS,
    'Placed orders; with a collection or product, those with such a line.',
    count('orders', PLACED),
    ...lineOrders.map(([, orders]) => orders),
  ),
  metric(
    'business.order_events',
    counted('order event'),
    'Order events of any status.',
    count('orders'),
    ...perLines((family) => count(family)),
  ),
  metric(
    'business.units',
    UNITS,
    'Σ quantity of placed orders.',
    ...['orders', ...LINE_FAMILIES].map((family) => sum(family, 'units', PLACED)),
  ),
  metric(
    'business.views',
    counted('product view'),
    'product_view events.',
    ...STOREFRONT_FAMILIES.map((family) => count(family, VIEWED)),
  ),
  metric(
    'business.add_to_carts',
    counted('cart addition'),
    'add_to_cart events.',
    ...STOREFRONT_FAMILIES.map((family) => count(family, PUT_INTO_CART)),
  ),
  metric(
    'business.orders_per_viewer',
    'ratio',
    'Placed orders with the product / sessions that viewed it, of any currency.',
    ...productOrders.map((orders) => divide(orders, distinct(seen('storefront_products', 'product_view')))),
  ),
  metric(
    'business.average_order_value',
    'money',
    'net_sales / orders (WooCommerce’s definition).',
    divide(netSales, count('orders', PLACED)),
    ...lineOrders.map(([family, orders]) => divide(lineNet(family), orders)),
  ),
  metric(
    'business.order_value_min',
    'money',
    'Lowest gross_sales − discounts of a placed order.',
    ...ORDER_VALUE_FAMILIES.map((family) => valueOf(family, 'min', PLACED)),
  ),
  metric(
    'business.order_value_max',
    'money',
    'Highest gross_sales − discounts of a placed order.',
    ...ORDER_VALUE_FAMILIES.map((family) => valueOf(family, 'max', PLACED)),
  ),
  ...[50, 95].map((rank) =>
    metric(
      `business.order_value_p${rank}`,
      'money',
      `${rank}th percentile of gross_sales − discounts of the placed orders.`,
      ...ORDER_VALUE_FAMILIES.map((family) => percentile(family, rank / 100, PLACED)),
    ),
  ),
  metric(
    'business.customers',
    CUSTOMERS,
    'Distinct customer_id of placed orders. Exact up to 1,000.',
    distinct({ family: 'customers' }),
  ),
  metric(
    'business.sessions',
    SESSIONS,
    'Distinct session_id over storefront and order events, of any currency.',
    ...perSessions((storefront, orders) => distinct(seen(storefront), { family: orders, ...NO_CURRENCY })),
  ),
  metric(
    'business.cart_sessions',
    SESSIONS,
    'Distinct sessions with an add_to_cart, a checkout_started, a purchase or a placed order.',
    ...perSessions((storefront, orders) =>
      distinct(seen(storefront, 'add_to_cart', 'checkout_started', 'purchase'), bought(orders)),
    ),
  ),
  metric(
    'business.checkout_sessions',
    SESSIONS,
    'Distinct sessions with a checkout_started, a purchase or a placed order.',
    ...perSessions((storefront, orders) => distinct(seen(storefront, 'checkout_started', 'purchase'), bought(orders))),
  ),
  metric(
    'business.buying_sessions',
    SESSIONS,
    'Distinct sessions with a placed order or a purchase.',
    ...perSessions((storefront, orders) => distinct(seen(storefront, 'purchase'), bought(orders))),
  ),
  metric(
    'business.conversion_rate',
    'ratio',
    'Sessions with a placed order or a purchase / sessions.',
    ...perSessions((storefront, orders) =>
      divide(
        distinct(seen(storefront, 'purchase'), bought(orders)),
        distinct(seen(storefront), { family: orders, ...NO_CURRENCY }),
      ),
    ),
  ),
  metric(
    'business.inventory',
    UNITS,
    'Last known stock, added up over the products asked for.',
    gauge('inventory', { ...STOCK, over: 'last', across: 'sum' }),
  ),
  metric(
    'business.inventory_at',
    'unix_seconds',
    'Time of the last stock report, in seconds since 1970.',
    gauge('inventory', { ...STOCK, over: 'at', across: 'max' }),
  ),
];

const ERROR_METRICS = [metric('errors.count', ERRORS, 'Errors that services reported.', count('errors'))];

/** What the service itself is like: sampled at every tick of the alert evaluation. */
const SAMPLED_METRICS = [
  metric(
    'events.seconds_since_last',
    'seconds',
    'Time since the newest event, of any type or of the one asked for: a stalled feed.',
    gauge('feeds', { series: ['event_type'], over: 'last', across: 'min' }),
  ),
  metric(
    'database.pool_utilization',
    'ratio',
    'Connections in use / connections there may be, averaged over the samples; of the busiest pool.',
    gauge('database_pools', { series: ['pool'], over: 'avg', across: 'max' }),
  ),
  metric(
    'database.query_latency_p95',
    'ms',
    'The highest 95th percentile of query durations that was sampled.',
    gauge('database_queries', { series: [], over: 'max', across: 'max' }),
  ),
  metric(
    'queue.waiting',
    QUEUED_JOBS,
    'Jobs that wait, averaged over the samples; of all queues together or the one asked for.',
    gauge('queues_waiting', { series: ['queue'], over: 'avg', across: 'sum' }),
  ),
  metric(
    'queue.failed',
    QUEUED_JOBS,
    'Failed jobs that are kept, as last sampled; of all queues together or the one asked for.',
    gauge('queues_failed', { series: ['queue'], over: 'last', across: 'sum' }),
  ),
  metric(
    'alerts.late_evaluations',
    EVALUATIONS,
    'Evaluations that were late or failed in the 10 minutes before the last sample: ticks that took effect more than one ' +
      'interval after their time, ticks that were skipped, and rules that could not be read or written at a tick.',
    gauge('late_evaluations', { series: [], over: 'last', across: 'sum' }),
  ),
];

export const METRICS: readonly Metric[] = [
  ...API_METRICS,
  ...ML_METRICS,
  ...BUSINESS_METRICS,
  ...ERROR_METRICS,
  ...SAMPLED_METRICS,
];
