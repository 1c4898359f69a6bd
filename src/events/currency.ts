/** Codes of ISO 4217 that ICU lists as current money, in alphabetical order. */
export const CURRENCY_CODES: readonly string[] = Intl.supportedValuesOf('currency').filter((code) =>
  /^[A-Z]{3}$/.test(code),
);

const known = new Set(CURRENCY_CODES);

export function isCurrency(code: string): boolean {
  return known.has(code);
}
