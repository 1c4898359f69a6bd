import { Decimal } from 'decimal.js';
import { metricOf, ratio, type FigureName, type Values } from './figures.js';

/** Figures of a collection in the order of the wire. */
export const COLLECTION_FIGURES = [
  'gross_sales',
  'discounts',
  'net_sales',
  'orders',
  'units',
  'views',
  'add_to_carts',
  'conversion_rate',
  'share_of_sales',
] as const satisfies readonly FigureName[];

export interface CollectionRow {
  /** Slug; null stands for lines without a collection. */
  readonly collection: string | null;
  readonly values: Values;
}

/** A collection of which nothing is known but its name: nothing happened, so nothing can be divided by. */
export const NO_EVENTS: Values = Object.fromEntries(
  COLLECTION_FIGURES.map((figure) => [
    metricOf(figure),
    figure === 'conversion_rate' || figure === 'share_of_sales' ? null : new Decimal(0),
  ]),
);

/** Gives each row its part of what all of them sold; null when that is 0, and a fraction beyond 0..1 where some are negative. */
export function withShares(rows: readonly CollectionRow[]): CollectionRow[] {
  const total = rows.reduce((sum, { values }) => sum.plus(netSalesOf(values)), new Decimal(0));
  return rows.map(({ collection, values }) => ({
    collection,
    values: { ...values, [metricOf('share_of_sales')]: ratio(netSalesOf(values), total) },
  }));
}

/** Largest net sales first, ties by name, lines without a collection last. */
export function compareCollections(left: CollectionRow, right: CollectionRow): number {
  if (left.collection === null || right.collection === null) {
    return Number(left.collection === null) - Number(right.collection === null);
  }
  const bySales = netSalesOf(right.values).cmp(netSalesOf(left.values));
  return bySales !== 0 ? bySales : left.collection < right.collection ? -1 : 1;
}

function netSalesOf(values: Values): Decimal {
  return values[metricOf('net_sales')] ?? new Decimal(0);
}
