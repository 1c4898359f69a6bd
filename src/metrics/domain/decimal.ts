import { Decimal as DecimalJs } from 'decimal.js';

/**
 * Exact decimals as the database's `numeric` has them. The library rounds every operation to 20 digits unless told
 * otherwise; a share of a discount alone has that many.
 */
export const Decimal = DecimalJs.clone({ precision: 60, rounding: DecimalJs.ROUND_HALF_UP });
export type Decimal = DecimalJs;

/** Most sums of a group are nothing: one object stands for all of these. */
export const ZERO = new Decimal(0);

/** Most counts of a group are small: one object stands for all that are the same. */
const SMALL_COUNTS = Array.from({ length: 256 }, (_, count) => new Decimal(count));

export function decimalOf(count: number): Decimal {
  return SMALL_COUNTS[count] ?? new Decimal(count);
}
