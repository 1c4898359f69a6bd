import {
  joinProvenance,
  type Decimal,
  type MetricAnswer,
  type MetricRead,
  type MetricSnapshot,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { LEDGER_STATUSES, metricOf } from './domain/figures.js';
import { daysOfStock, NOTHING_SOLD, type ProductRow } from './domain/product-row.js';

/** Which products, over which time. */
export interface ProductScope {
  readonly range: TimeRange;
  readonly currency: string;
  readonly collection?: string;
  /** Absent: all that have a view, an order or stock. */
  readonly products?: readonly string[];
}

export interface ProductFigures extends Provenance {
  readonly rows: readonly ProductRow[];
}

const SALES = ['gross_sales', 'discounts', 'net_sales', 'orders', 'units'] as const;
const TRAFFIC = ['views', 'add_to_carts'] as const;
const TRAFFIC_STEPS = ['product_view', 'add_to_cart'];
const CONVERSION = 'business.orders_per_viewer';
const INVENTORY_AT = 'business.inventory_at';
const DAY_MS = 86_400_000;

/** All figures but the conversion, for which sessions have to be told apart: see `readConversion`. */
export async function readProducts(snapshot: MetricSnapshot, scope: ProductScope): Promise<ProductFigures> {
  const { range, currency } = scope;
  const filters = filtersOf(scope);
  const groupBy = ['product'];
  const [sales, traffic, stock] = await snapshot.readAll([
    {
      metrics: SALES.map(metricOf),
      range,
      filters: { ...filters, currency: [currency], status: LEDGER_STATUSES },
      groupBy,
    },
    { metrics: TRAFFIC.map(metricOf), range, filters: { ...filters, step: TRAFFIC_STEPS }, groupBy },
    stockRead(scope),
  ]);
  const levels = stockLevels(stock, scope);
  return { ...joinProvenance(sales, traffic, stock), rows: toRows(scope, [sales, traffic], levels) };
}

/** Orders per session that viewed it, by product. */
export async function readConversion(
  snapshot: MetricSnapshot,
  scope: ProductScope,
): Promise<Provenance & { readonly byProduct: ReadonlyMap<string, Decimal | null> }> {
  const answer = await snapshot.read({
    metrics: [CONVERSION],
    range: scope.range,
    filters: { ...filtersOf(scope), currency: [scope.currency] },
    groupBy: ['product'],
  });
  const entries = answer.rows.map((row) => [productOf(row), row.values[CONVERSION] ?? null] as const);
  return { ...answer, byProduct: new Map(entries) };
}

export function withConversion(
  rows: readonly ProductRow[],
  byProduct: ReadonlyMap<string, Decimal | null>,
): ProductRow[] {
  return rows.map((row) => ({
    ...row,
    values: { ...row.values, [metricOf('conversion_rate')]: byProduct.get(row.product) ?? null },
  }));
}

interface StockLevel {
  readonly value: Decimal | null;
  readonly atSeconds: Decimal;
  readonly inScope: boolean;
}

/**
 * The stock of a product is one, whatever collection its reports name, so it is read for all of them; the collection
 * asked for only decides whether the stock alone makes the product one of the list.
 */
function stockRead({ range, products }: ProductScope): MetricRead {
  return {
    metrics: [metricOf('inventory'), INVENTORY_AT],
    range,
    filters: products ? { product: products } : {},
    groupBy: ['product', 'collection'],
  };
}

function stockLevels(answer: MetricAnswer, { collection }: ProductScope): Map<string, StockLevel> {
  const levels = new Map<string, StockLevel>();
  for (const row of answer.rows) {
    const product = productOf(row);
    const known = levels.get(product);
    const atSeconds = row.values[INVENTORY_AT];
    if (!atSeconds) continue;
    const inScope = collection === undefined || row.group['collection'] === collection || known?.inScope === true;
    const later = !known || atSeconds.gte(known.atSeconds);
    levels.set(product, {
      ...(later ? { value: row.values[metricOf('inventory')] ?? null, atSeconds } : known),
      inScope,
    });
  }
  return levels;
}

function toRows(
  scope: ProductScope,
  answers: readonly MetricAnswer[],
  stock: ReadonlyMap<string, StockLevel>,
): ProductRow[] {
  // One object a product, which is filled: copying it for each answer took longer than everything else about a product.
  const products = new Map<string, Record<string, Decimal | null>>();
  for (const { rows } of answers) {
    for (const row of rows) {
      const product = productOf(row);
      const known = products.get(product);
      if (known) Object.assign(known, row.values);
      else products.set(product, { ...NOTHING_SOLD, ...row.values });
    }
  }
  for (const [product, { inScope }] of stock) {
    if (inScope && !products.has(product)) products.set(product, { ...NOTHING_SOLD });
  }
  const days = (scope.range.to.getTime() - scope.range.from.getTime()) / DAY_MS;
  return [...products].map(([product, values]) => {
    const level = stock.get(product);
    values[metricOf('inventory')] = level?.value ?? null;
    values[metricOf('days_of_stock')] = daysOfStock(values, days);
    return { product, values, inventoryAt: level ? new Date(Math.round(level.atSeconds.toNumber() * 1_000)) : null };
  });
}

function filtersOf({ collection, products }: ProductScope): Record<string, readonly string[]> {
  return {
    ...(collection !== undefined && { collection: [collection] }),
    ...(products && { product: products }),
  };
}

function productOf(row: MetricAnswer['rows'][number]): string {
  return row.group['product'] ?? '';
}
