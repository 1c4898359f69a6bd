import { Decimal } from 'decimal.js';
import { metricOf, ratio, type FigureName, type Values } from './figures.js';

const DAY_MS = 86_400_000;

/** Figures of a product in the order of the wire; a list can be sorted by each of them. */
export const PRODUCT_FIGURES = [
  'views',
  'add_to_carts',
  'orders',
  'units',
  'gross_sales',
  'discounts',
  'net_sales',
  'conversion_rate',
  'inventory',
  'days_of_stock',
] as const satisfies readonly FigureName[];
export type ProductFigure = (typeof PRODUCT_FIGURES)[number];

export interface ProductRow {
  readonly product: string;
  readonly values: Values;
  readonly inventoryAt: Date | null;
}

/** Counts and sums of a product that nothing is known of are 0. */
export const NOTHING_SOLD: Values = Object.fromEntries(
  (['views', 'add_to_carts', 'orders', 'units', 'gross_sales', 'discounts', 'net_sales'] as const).map((figure) => [
    metricOf(figure),
    new Decimal(0),
  ]),
);

/** For how many days the stock lasts at the pace of the elapsed days; null without stock figure or sales. */
export function daysOfStock(values: Values, elapsedDays: number): Decimal | null {
  // Divided once, at the end: what comes out even is even.
  const elapsed = new Decimal(elapsedDays).times(DAY_MS).round();
  return ratio(values[metricOf('inventory')]?.times(elapsed), values[metricOf('units')]?.times(DAY_MS));
}

/** A place between two rows of the sorted list. */
export interface ProductPlace {
  readonly value: Decimal | null;
  readonly product: string;
}

/** Largest first, unknown last, ties by product id: every row has one place, whatever the others are. */
export function compareProducts(left: ProductPlace, right: ProductPlace): number {
  const byValue = compareValues(left.value, right.value);
  if (byValue !== 0) return byValue;
  return left.product < right.product ? -1 : left.product > right.product ? 1 : 0;
}

export interface ProductPage<Row> {
  readonly rows: readonly Row[];
  /** Where the next page starts; undefined on the last one. */
  readonly end: ProductPlace | undefined;
}

/** At most `limit` rows that come after `after`, by a figure of theirs. */
export function pageOfProducts<Row extends { readonly product: string }>(
  rows: readonly Row[],
  valueOf: (row: Row) => Decimal | null,
  { limit, after }: { limit: number; after?: ProductPlace },
): ProductPage<Row> {
  const placed = rows.map((row) => ({ row, place: { value: valueOf(row), product: row.product } }));
  const rest = after ? placed.filter(({ place }) => compareProducts(place, after) > 0) : placed;
  rest.sort((left, right) => compareProducts(left.place, right.place));
  const page = rest.slice(0, limit);
  return { rows: page.map(({ row }) => row), end: rest.length > limit ? page.at(-1)?.place : undefined };
}

function compareValues(left: Decimal | null, right: Decimal | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return right.cmp(left);
}
