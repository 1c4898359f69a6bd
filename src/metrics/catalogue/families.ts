import { DIMENSION_CAPS, dimension, sampledFamily, type Family } from './family.js';

/** `l`: one line of an order's items. */
const ORDER_LINES =
  'jsonb_to_recordset(e.items) AS l(product_id text, collection text, quantity numeric, unit_price numeric)';
const LINE_GROSS = 'sum(l.quantity * l.unit_price)';

/**
 * One fact per order and group of its lines. The order's discount is split by gross sales, unrounded, so `order_gross`
 * is the sum over all lines of the order. An order whose lines are all free has nothing to split by: its share is 0.
 */
function linesJoin(groupColumns: string, extraColumns = ''): string {
  return `CROSS JOIN LATERAL (
    SELECT ${groupColumns}, sum(l.quantity) AS quantity, ${LINE_GROSS} AS gross,
           sum(${LINE_GROSS}) OVER () AS order_gross${extraColumns}
      FROM ${ORDER_LINES} GROUP BY ${groupColumns}) line`;
}

const LINE_SUMS = {
  gross: 'line.gross',
  discount: 'coalesce(e.discount * line.gross / nullif(line.order_gross, 0), 0)',
  units: 'line.quantity',
} as const;

const NOT_A_TEST = 'e.test IS NOT TRUE';
const status = dimension('status', 'e.status');
const currency = dimension('currency', 'e.currency');

export const FAMILIES: readonly Family[] = [
  {
    name: 'api',
    description: 'Requests to the platform’s HTTP services.',
    eventType: 'api_request',
    dimensions: [
      dimension('method', 'e.method'),
      dimension('route', 'e.route', DIMENSION_CAPS.route),
      dimension('status_class', "(e.status_code / 100)::text || 'xx'"),
      dimension('service', 'e.service'),
    ],
    value: { sql: 'e.duration_ms', unit: 'ms', sketch: true },
    sums: { throttled: '(e.status_code = 429)::int' },
  },
  {
    name: 'ml',
    description: 'Finished jobs of the AI pipelines. The unpriced sums are those of jobs that reported no cost.',
    eventType: 'ml_job',
    dimensions: [
      dimension('pipeline', 'e.pipeline'),
      dimension('provider', 'e.provider'),
      dimension('model', 'e.model'),
      dimension('status', 'e.status'),
      dimension('stage', 'e.stage'),
      dimension('error_code', 'e.error_code'),
    ],
    value: { sql: 'e.duration_ms', unit: 'ms', sketch: true },
    sums: {
      cost_usd: 'coalesce(e.cost_usd, 0)',
      unpriced_jobs: '(e.cost_usd IS NULL)::int',
      unpriced_seconds: 'CASE WHEN e.cost_usd IS NULL THEN e.duration_ms::numeric / 1000 ELSE 0 END',
      unpriced_input_units: 'CASE WHEN e.cost_usd IS NULL THEN coalesce(e.input_units, 0) ELSE 0 END',
      unpriced_output_units: 'CASE WHEN e.cost_usd IS NULL THEN coalesce(e.output_units, 0) ELSE 0 END',
      unpriced_unitless_jobs: '(e.cost_usd IS NULL AND e.input_units IS NULL AND e.output_units IS NULL)::int',
      unpriced_inputless_jobs: '(e.cost_usd IS NULL AND e.input_units IS NULL)::int',
      unpriced_outputless_jobs: '(e.cost_usd IS NULL AND e.output_units IS NULL)::int',
    },
  },
  {
    name: 'orders',
    description: 'Order events as a ledger, each on its own day; test orders never count.',
    eventType: 'order',
    where: NOT_A_TEST,
    dimensions: [status, currency],
    sums: {
      total: 'coalesce(e.total, 0)',
      discount: 'coalesce(e.discount, 0)',
      tax: 'coalesce(e.tax, 0)',
      shipping: 'coalesce(e.shipping, 0)',
      units: `coalesce((SELECT sum(l.quantity) FROM ${ORDER_LINES}), 0)`,
    },
    distinct: 'e.session_id',
  },
  {
    name: 'order_collections',
    description: 'Orders by the collections of their lines: an order counts once in each.',
    eventType: 'order',
    joins: linesJoin('l.collection'),
    where: NOT_A_TEST,
    dimensions: [status, currency, dimension('collection', 'line.collection')],
    sums: LINE_SUMS,
    distinct: 'e.session_id',
  },
  {
    name: 'order_products',
    description: 'Orders by product and collection; `orders` counts an order once per product.',
    eventType: 'order',
    joins: linesJoin(
      'l.product_id, l.collection',
      ', (row_number() OVER (PARTITION BY l.product_id ORDER BY l.collection) = 1)::int AS first_of_product',
    ),
    where: NOT_A_TEST,
    dimensions: [
      status,
      currency,
      dimension('collection', 'line.collection'),
      dimension('product', 'line.product_id', DIMENSION_CAPS.product),
    ],
    sums: { ...LINE_SUMS, orders: 'line.first_of_product' },
    distinct: 'e.session_id',
    productLabels: {
      joins: 'CROSS JOIN LATERAL jsonb_to_recordset(e.items) AS l(product_id text, name text, collection text)',
      product: 'l.product_id',
      name: 'l.name',
      collection: 'l.collection',
    },
  },
  {
    name: 'storefront',
    description: 'What visitors of the shop do.',
    eventType: 'storefront',
    dimensions: [dimension('step', 'e.name'), dimension('collection', 'e.collection')],
    distinct: 'e.session_id',
  },
  {
    name: 'storefront_products',
    description: 'What visitors do with which product.',
    eventType: 'storefront',
    where: 'e.product_id IS NOT NULL',
    dimensions: [
      dimension('step', 'e.name'),
      dimension('collection', 'e.collection'),
      dimension('product', 'e.product_id', DIMENSION_CAPS.product),
    ],
    distinct: 'e.session_id',
    productLabels: { product: 'e.product_id', collection: 'e.collection' },
  },
  {
    name: 'inventory',
    description: 'Stock levels; the last known one counts.',
    eventType: 'inventory',
    dimensions: [dimension('collection', 'e.collection'), dimension('product', 'e.product_id', DIMENSION_CAPS.product)],
    last: 'e.quantity',
    productLabels: { product: 'e.product_id', name: 'e.name', collection: 'e.collection' },
  },
  {
    name: 'errors',
    description: 'Errors that services reported.',
    eventType: 'error',
    dimensions: [dimension('name', 'e.name'), dimension('service', 'e.service'), dimension('severity', 'e.severity')],
  },
  {
    name: 'alerts',
    description: 'Transitions of alerts, written by the alert engine.',
    eventType: 'alert',
    dimensions: [dimension('severity', 'e.severity'), dimension('state', 'e.state')],
  },
  sampledFamily('feeds', 'How long ago the newest event of a type happened.', {
    unit: 'seconds',
    dimensions: ['event_type'],
  }),
  sampledFamily('database_pools', 'Connections in use / connections there may be, by pool.', {
    unit: 'ratio',
    dimensions: ['pool'],
  }),
  sampledFamily('database_queries', '95th percentile of the durations of the queries of the last five minutes.', {
    unit: 'ms',
    dimensions: [],
  }),
  sampledFamily('queues_waiting', 'Jobs that wait, by queue.', { unit: 'jobs', dimensions: ['queue'] }),
  sampledFamily('queues_failed', 'Failed jobs that are kept, by queue.', { unit: 'jobs', dimensions: ['queue'] }),
];
