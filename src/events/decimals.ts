import { Decimal } from 'decimal.js';

/** Up to here `value * 10^decimals` is a whole number that a double holds exactly. */
const MAX_SCALED = 2 ** 50;

/**
 * Rounds to `decimals` (≤ 12), half to even, what the number's shortest text says: 27.499999999999996 is 27.5 at six
 * decimals, 0.1 + 0.2 is 0.3, and 0.0000005, which no double is exactly, is a half.
 */
export function roundHalfEven(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const scaled = value * scale;
  // Nearly all amounts have no more decimals than are kept; the exact way costs a hundred times as much.
  if (Math.abs(scaled) < MAX_SCALED && Math.round(scaled) / scale === value) return value;
  return new Decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_EVEN).toNumber();
}
