import { Decimal } from 'decimal.js';

/** Digits of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217, as the runtime knows it). */
export function minorUnitDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The exact amount as a JSON number, rounded half away from zero to the currency's minor unit. Unknown stays null. */
export function toMoney(amount: Decimal | null | undefined, currency: string): number | null {
  if (amount === null || amount === undefined) return null;
  const rounded = amount.toDecimalPlaces(minorUnitDigits(currency), Decimal.ROUND_HALF_UP);
  // −0 is a number nobody sold anything for.
  return rounded.isZero() ? 0 : rounded.toNumber();
}
