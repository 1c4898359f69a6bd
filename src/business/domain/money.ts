import { Decimal } from 'decimal.js';
import { minorUnitDigits } from '../../events/index.js';

/** The exact amount as a JSON number, rounded half away from zero to the currency's minor unit. Unknown stays null. */
export function toMoney(amount: Decimal | null | undefined, currency: string): number | null {
  if (amount === null || amount === undefined) return null;
  const rounded = amount.toDecimalPlaces(minorUnitDigits(currency), Decimal.ROUND_HALF_UP);
  // −0 is a number nobody sold anything for.
  return rounded.isZero() ? 0 : rounded.toNumber();
}
