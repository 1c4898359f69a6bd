import { Decimal } from 'decimal.js';

export function tenTo(exponent: number): Decimal {
  return new Decimal(10).pow(exponent);
}

/** In full, with commas between thousands. */
export function digits(x: Decimal, minDecimals = 0): string {
  const [whole = '', decimals = ''] = x.abs().toFixed().split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const padded = decimals.padEnd(minDecimals, '0');
  const isNegative = x.isNegative() && !x.isZero();
  return `${isNegative ? '-' : ''}${grouped}${padded === '' ? '' : `.${padded}`}`;
}
