import {
  joinProvenance,
  type MetricAnswer,
  type MetricSnapshot,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { NO_EVENTS, withShares, type CollectionRow } from './domain/collection-row.js';
import { LEDGER_STATUSES, metricOf, type Values } from './domain/figures.js';

export interface CollectionScope {
  readonly range: TimeRange;
  readonly currency: string;
  /** Listed whether anything happened or not. */
  readonly always: readonly string[];
}

export interface CollectionFigures extends Provenance {
  readonly rows: readonly CollectionRow[];
}

/** A product of a collection, with the figures of its lines there. */
export interface SoldProduct {
  readonly product: string;
  readonly values: Values;
}

const SALES = ['gross_sales', 'discounts', 'net_sales', 'orders', 'units'] as const;
const TRAFFIC = ['views', 'add_to_carts'] as const;
export const TOP_PRODUCT_FIGURES = ['gross_sales', 'net_sales', 'orders', 'units'] as const;
const TOP_PRODUCTS = 5;

export async function readCollections(snapshot: MetricSnapshot, scope: CollectionScope): Promise<CollectionFigures> {
  const { range, currency, always } = scope;
  const groupBy = ['collection'];
  const filters = { currency: [currency], status: LEDGER_STATUSES };
  const [sales, traffic, conversion] = await snapshot.readAll([
    { metrics: SALES.map(metricOf), range, filters, groupBy },
    { metrics: TRAFFIC.map(metricOf), range, groupBy },
    { metrics: [metricOf('conversion_rate')], range, groupBy },
  ]);
  const byCollection = new Map<string | null, Values>(always.map((collection) => [collection, NO_EVENTS]));
  addRows(byCollection, sales.rows);
  // Visitors of pages without a collection do not make a row for lines without one.
  const known = (row: MetricAnswer['rows'][number]): boolean =>
    collectionOf(row) !== null || byCollection.has(collectionOf(row));
  addRows(byCollection, [...traffic.rows, ...conversion.rows].filter(known));
  const rows = [...byCollection].map(([collection, values]) => ({ collection, values }));
  return { ...joinProvenance(sales, traffic, conversion), rows: withShares(rows) };
}

/** By collection the products that sold most there, largest gross sales first, ties by id. */
export async function readTopProducts(
  snapshot: MetricSnapshot,
  { range, currency, collection }: { range: TimeRange; currency: string; collection?: string },
): Promise<Provenance & { readonly byCollection: ReadonlyMap<string | null, readonly SoldProduct[]> }> {
  const answer = await snapshot.read({
    metrics: TOP_PRODUCT_FIGURES.map(metricOf),
    range,
    filters: {
      currency: [currency],
      status: LEDGER_STATUSES,
      ...(collection !== undefined && { collection: [collection] }),
    },
    groupBy: ['collection', 'product'],
  });
  const byCollection = new Map<string | null, SoldProduct[]>();
  for (const row of answer.rows) {
    if (row.values[metricOf('orders')]?.isZero()) continue;
    const sold = byCollection.get(collectionOf(row)) ?? [];
    sold.push({ product: row.group['product'] ?? '', values: row.values });
    byCollection.set(collectionOf(row), sold);
  }
  const top = [...byCollection].map(([name, sold]) => [name, largestOf(sold)] as const);
  return { ...answer, byCollection: new Map(top) };
}

function largestOf(sold: readonly SoldProduct[]): SoldProduct[] {
  const gross = metricOf('gross_sales');
  const sorted = [...sold].sort((left, right) => {
    const bySales = right.values[gross]?.cmp(left.values[gross] ?? 0) ?? 0;
    return bySales !== 0 ? bySales : left.product < right.product ? -1 : 1;
  });
  return sorted.slice(0, TOP_PRODUCTS);
}

function addRows(byCollection: Map<string | null, Values>, rows: MetricAnswer['rows']): void {
  for (const row of rows) {
    const collection = collectionOf(row);
    byCollection.set(collection, { ...(byCollection.get(collection) ?? NO_EVENTS), ...row.values });
  }
}

function collectionOf(row: MetricAnswer['rows'][number]): string | null {
  return row.group['collection'] ?? null;
}
