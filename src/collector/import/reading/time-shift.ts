import { parseInstant } from '../../../events/index.js';

export const DAY_MS = 86_400_000;

const DATE_FIRST = /^(\d{4})-(\d{2})-(\d{2})(?=[Tt ])/;

/** The whole number of UTC days that puts an event of `newestMs` on the UTC date before that of `nowMs`. */
export function daysToYesterday(newestMs: number, nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) - 1 - Math.floor(newestMs / DAY_MS);
}

/**
 * Moves the date of a timestamp by whole days and leaves every other character as it was sent: time of day, fraction,
 * offset. What is no timestamp comes back unchanged, for the service to refuse.
 */
export function shiftTimestamp(text: string, days: number): string {
  const match = DATE_FIRST.exec(text);
  if (!match) return text;
  const [date, year, month, day] = match as unknown as [string, string, string, string];
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // Date rolls 31 June over to 1 July: such a date is wrong, and must stay as wrong as it was.
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return text;
  const moved = new Date(midnight.getTime() + days * DAY_MS);
  if (moved.getUTCFullYear() < 0 || moved.getUTCFullYear() > 9999) return text;
  return moved.toISOString().slice(0, 10) + text.slice(date.length);
}

/** Milliseconds since 1970 of a time that the service would take; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const micros = parseInstant(value);
  return Number.isNaN(micros) ? undefined : Math.floor(micros / 1000);
}
