const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** A year: whoever needs longer needs an identity provider. */
const MAX_SECONDS = 366 * 86_400;

/** Reads `90s`, `15m`, `12h` or `30d`; `undefined` for anything else, and for what is longer than a year. */
export function parseLifetime(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN);
  return seconds <= MAX_SECONDS ? seconds : undefined;
}
