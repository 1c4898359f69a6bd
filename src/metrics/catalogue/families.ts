import { DIMENSION_CAPS, dimension, sampledFamily, type Family } from './family.js';

/** `l`: one line of an order's items. */
const ORDER_LINES =
  'jsonb_to_recordset(e.items) AS l(product_id text, collection text, quantity numeric, unit_price numeric, discount numeric)';
const LINE_GROSS = 'sum(l.quantity * l.unit_price)';
const LINE_DISCOUNT = 'sum(coalesce(l.discount, 0))';

/** One fact per order and group of its lines; what stands under `order_` is of all lines of the order. */
function linesJoin(groupColumns: string, extraColumns = ''): string {
  return `CROSS JOIN LATERAL (
    SELECT ${groupColumns}, sum(l.quantity) AS quantity, ${LINE_GROSS} AS gross, sum(${LINE_GROSS}) OVER () AS order_gross,
           ${LINE_DISCOUNT} AS discount, sum(${LINE_DISCOUNT}) OVER () AS order_discount,
           bool_or(bool_or(l.discount IS NOT NULL)) OVER () AS names_discounts,
           count(*) AS lines, sum(count(*)) OVER () AS order_lines${extraColumns}
      FROM ${ORDER_LINES} GROUP BY ${groupColumns}) line`;
}

/** What the event moves without tax and shipping: of a placed order gross_sales − discounts, of a refund what it returns. */
const ORDER_NET = '(coalesce(e.total, 0) - coalesce(e.tax, 0) - coalesce(e.shipping, 0))';
const IS_PLACED = "e.status = 'placed'";

/**
 * The lines' own discounts where any line of the order names one; else the order's discount, split by gross sales and not
 * rounded. An order whose lines are all free has nothing to split by: its share is 0.
 */
const LINES_DISCOUNT = `(CASE WHEN line.names_discounts THEN line.discount
  ELSE coalesce(e.discount * line.gross / nullif(line.order_gross, 0), 0) END)`;

/**
 * What a refund or cancellation gives back, split by gross less line discount, so that a full refund leaves 0. Where the
 * order's discount is split by gross, that is the same as by gross. Where nothing is left to split by, by gross, and of
 * free lines evenly.
 */
const LINES_RETURNED = `(CASE WHEN e.status NOT IN ('refunded', 'cancelled') THEN 0
  WHEN line.names_discounts AND line.order_gross <> line.order_discount
    THEN ${ORDER_NET} * (line.gross - line.discount) / (line.order_gross - line.order_discount)
  WHEN line.order_gross <> 0 THEN ${ORDER_NET} * line.gross / line.order_gross
  ELSE ${ORDER_NET} * line.lines / line.order_lines END)`;

const LINE_SUMS = { gross: 'line.gross', discount: LINES_DISCOUNT, units: 'line.quantity' } as const;

/** Rows from before `returned` was kept: a refund gave back the gross of its lines. */
const RETURNED_BEFORE = {
  returned: "CASE WHEN r.dimensions[1] IN ('refunded', 'cancelled') THEN coalesce(r.sums[1], 0) ELSE 0 END",
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
    estimates: {
      estimated_cost_usd: {
        sums: ['unpriced_jobs', 'unpriced_seconds', 'unpriced_input_units', 'unpriced_output_units'],
        dimensions: ['provider', 'model'],
      },
    },
  },
  {
    name: 'orders',
    description: 'Order events as a ledger, each on its own day; test orders never count.',
    eventType: 'order',
    where: NOT_A_TEST,
    dimensions: [status, currency],
    value: { sql: `CASE WHEN ${IS_PLACED} THEN ${ORDER_NET}::float8 END`, unit: 'money', sketch: true },
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
    value: {
      sql: `CASE WHEN ${IS_PLACED} THEN (line.gross - ${LINES_DISCOUNT})::float8 END`,
      unit: 'money',
      sketch: true,
    },
    sums: { ...LINE_SUMS, returned: LINES_RETURNED },
    sumsBefore: RETURNED_BEFORE,
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
    sums: { ...LINE_SUMS, orders: 'line.first_of_product', returned: LINES_RETURNED },
    sumsBefore: RETURNED_BEFORE,
    distinct: 'e.session_id',
    productLabels: {
      joins: 'CROSS JOIN LATERAL jsonb_to_recordset(e.items) AS l(product_id text, name text, collection text)',
      product: 'l.product_id',
      name: 'l.name',
      collection: 'l.collection',
    },
  },
  {
    name: 'customers',
    description: 'Customers of placed orders, by the collections of the lines; of an order without lines by none.',
    eventType: 'order',
    joins: `LEFT JOIN LATERAL (SELECT DISTINCT l.collection FROM ${ORDER_LINES}) line ON true`,
    where: `${NOT_A_TEST} AND ${IS_PLACED} AND e.customer_id IS NOT NULL`,
    dimensions: [currency, dimension('collection', 'line.collection')],
    distinct: 'e.customer_id',
    firstSeen: [['currency'], ['currency', 'collection']],
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
  sampledFamily('late_evaluations', 'Evaluations of alert rules that were late or failed in the 10 minutes before.', {
    unit: 'count',
    dimensions: [],
  }),
  sampledFamily('queues_failed', 'Failed jobs that are kept, by queue.', { unit: 'jobs', dimensions: ['queue'] }),
];
