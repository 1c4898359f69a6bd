/** Up to here `value * 10^6` is below 2^50, so that rounding it tells whether there are more decimals. */
const FAST_LIMIT = 1e9;
const MAX_SIGNIFICANT_DIGITS = 15;

/**
 * Whether a number has at most `decimals` (≤ 6) decimals and 15 significant digits: then the shortest text of the double
 * is the number that was sent, and nothing was rounded when the JSON was read.
 */
export function hasExactDecimals(value: number, decimals: number): boolean {
  if (Math.abs(value) < FAST_LIMIT) {
    const scale = 10 ** decimals;
    return Math.round(value * scale) / scale === value;
  }
  const [whole = '', fraction = ''] = String(Math.abs(value)).split('.');
  return (
    !whole.includes('e') && fraction.length <= decimals && whole.length + fraction.length <= MAX_SIGNIFICANT_DIGITS
  );
}
