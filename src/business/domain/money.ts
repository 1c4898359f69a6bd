import { Decimal } from 'decimal.js';

/** Digits of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217, as the runtime knows it). */
export function minorUnitDigits(currency: string): number {
  const known = DIGITS.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  DIGITS.set(currency, digits);
  return digits;
}

/** Asking the runtime takes longer than everything else about an amount; there are some 180 currencies. */
const DIGITS = new Map<string, number>();

/** The exact amount as a JSON number, rounded half away from zero to the currency's minor unit. Unknown stays null. */
export function toMoney(amount: Decimal | null | undefined, currency: string): number | null {
  if (amount === null || amount === undefined) return null;
  const rounded = amount.toDecimalPlaces(minorUnitDigits(currency), Decimal.ROUND_HALF_UP);
  // −0 is a number nobody sold anything for.
  return rounded.isZero() ? 0 : rounded.toNumber();
}
