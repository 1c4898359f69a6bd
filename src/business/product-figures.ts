import {
  joinProvenance,
  lengthInDays,
  type Decimal,
  type MetricAnswer,
  type MetricRead,
  type MetricRow,
  type MetricSnapshot,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { LEDGER_STATUSES, metricOf } from './domain/figures.js';
import { daysOfStock, NOTHING_SOLD, type ProductFigure, type ProductRow } from './domain/product-row.js';

/** Which products, over which time. */
export interface ProductScope {
  readonly range: TimeRange;
  readonly now: Date;
  readonly zone: string;
  readonly currency: string;
  readonly collection?: string;
  /** Absent: all that have a view, an order or stock. */
  readonly products?: readonly string[];
}

export interface ProductsRead extends Provenance {
  readonly products: readonly ReadProduct[];
}

const SALES = ['gross_sales', 'discounts', 'net_sales', 'orders', 'units'] as const;
const TRAFFIC = ['views', 'add_to_carts'] as const;
const SALES_FIGURES: ReadonlySet<string> = new Set(SALES);
const TRAFFIC_FIGURES: ReadonlySet<string> = new Set(TRAFFIC);
const INVENTORY = metricOf('inventory');
const DAYS_OF_STOCK = metricOf('days_of_stock');
const TRAFFIC_STEPS = ['product_view', 'add_to_cart'];
const CONVERSION = 'business.orders_per_viewer';
const INVENTORY_AT = 'business.inventory_at';

/** All figures but the conversion, for which sessions have to be told apart: see `readConversion`. */
export async function readProducts(snapshot: MetricSnapshot, scope: ProductScope): Promise<ProductsRead> {
  const { range, currency } = scope;
  const filters = filtersOf(scope);
  const groupBy = ['product'];
  const [sales, traffic, stock] = await snapshot.readAll([
    {
      metrics: SALES.map(metricOf),
      range,
      filters: { ...filters, currency: [currency], status: LEDGER_STATUSES },
      groupBy,
      lazily: true,
    },
    { metrics: TRAFFIC.map(metricOf), range, filters: { ...filters, step: TRAFFIC_STEPS }, groupBy, lazily: true },
    stockRead(scope),
  ]);
  return { ...joinProvenance(sales, traffic, stock), products: productsOf(scope, { sales, traffic, stock }) };
}

/** What was read of a product. Its figures are worked out when they are asked for: a page shows few of many products. */
export class ReadProduct {
  sales?: MetricRow;
  traffic?: MetricRow;
  /** Of each collection that its reports name. */
  readonly stock: MetricRow[] = [];

  constructor(
    readonly product: string,
    private readonly scope: ProductScope,
    private readonly elapsedDays: number,
  ) {}

  /** Whether it is in the list: something was sold or looked at, or it is in stock in the collection asked for. */
  get isListed(): boolean {
    if (this.sales !== undefined || this.traffic !== undefined) return true;
    const { collection } = this.scope;
    const reported = this.stock.filter(({ values }) => values[INVENTORY_AT]);
    return reported.some(({ group }) => collection === undefined || group['collection'] === collection);
  }

  figure(name: ProductFigure): Decimal | null {
    const metric = metricOf(name);
    if (SALES_FIGURES.has(name)) return (this.sales?.values ?? NOTHING_SOLD)[metric] ?? null;
    if (TRAFFIC_FIGURES.has(name)) return (this.traffic?.values ?? NOTHING_SOLD)[metric] ?? null;
    return this.toRow().values[metric] ?? null;
  }

  toRow(): ProductRow {
    const level = latestOf(this.stock);
    const values: Record<string, Decimal | null> = {
      ...NOTHING_SOLD,
      ...this.sales?.values,
      ...this.traffic?.values,
      [INVENTORY]: level?.value ?? null,
    };
    values[DAYS_OF_STOCK] = daysOfStock(values, this.elapsedDays);
    const inventoryAt = level ? new Date(Math.round(level.atSeconds.toNumber() * 1_000)) : null;
    return { product: this.product, values, inventoryAt };
  }
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
}

/**
 * The stock of a product is one, whatever collection its reports name, so it is read for all of them; the collection
 * asked for only decides whether the stock alone makes the product one of the list.
 */
function stockRead({ range, products }: ProductScope): MetricRead {
  return {
    metrics: [INVENTORY, INVENTORY_AT],
    range,
    filters: products ? { product: products } : {},
    groupBy: ['product', 'collection'],
    lazily: true,
  };
}

/** The level that was reported last, of two at the same time the later row's. */
function latestOf(stock: readonly MetricRow[]): StockLevel | undefined {
  let latest: StockLevel | undefined;
  for (const { values } of stock) {
    const atSeconds = values[INVENTORY_AT];
    if (atSeconds && (!latest || atSeconds.gte(latest.atSeconds)))
      latest = { value: values[INVENTORY] ?? null, atSeconds };
  }
  return latest;
}

function productsOf(
  scope: ProductScope,
  { sales, traffic, stock }: Record<'sales' | 'traffic' | 'stock', MetricAnswer>,
): ReadProduct[] {
  const products = new Map<string, ReadProduct>();
  const { range, now, zone } = scope;
  const elapsedDays = lengthInDays(range.from, range.to < now ? range.to : now, zone);
  const of = (row: MetricRow): ReadProduct => {
    const product = productOf(row);
    const known = products.get(product) ?? new ReadProduct(product, scope, elapsedDays);
    products.set(product, known);
    return known;
  };
  for (const row of sales.rows) of(row).sales = row;
  for (const row of traffic.rows) of(row).traffic = row;
  for (const row of stock.rows) of(row).stock.push(row);
  return [...products.values()].filter(({ isListed }) => isListed);
}

function filtersOf({ collection, products }: ProductScope): Record<string, readonly string[]> {
  return {
    ...(collection !== undefined && { collection: [collection] }),
    ...(products && { product: products }),
  };
}

function productOf(row: MetricRow): string {
  return row.group['product'] ?? '';
}
