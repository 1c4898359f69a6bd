import { DateTime } from 'luxon';

/** The first instant of the local day that `at` lies in, also where midnight comes twice or not at all. */
export function startOfDay(at: Date, zone: string): Date {
  const start = DateTime.fromJSDate(at, { zone }).startOf('day');
  const before = start.minus(1);
  if (before.toISODate() !== start.toISODate()) return start.toJSDate();
  // Clocks went back over midnight, and this is the second one: the first lies as far back as they went.
  return start.minus({ minutes: before.offset - start.offset }).toJSDate();
}

export function isStartOfDay(at: Date, zone: string): boolean {
  return startOfDay(at, zone).getTime() === at.getTime();
}

/** The start of the local day so many days after that of `at`. */
export function addDays(at: Date, days: number, zone: string): Date {
  // At noon no clock is ever changed over a day's border.
  return startOfDay(noonOf(at, zone).plus({ days }).toJSDate(), zone);
}

/** The start of the week (from Sunday) that `at` lies in. */
export function startOfWeek(at: Date, zone: string): Date {
  // luxon counts weekdays from Monday = 1.
  return addDays(at, -(noonOf(at, zone).weekday % 7), zone);
}

/** The start of the month so many months after that of `at`. */
export function startOfMonth(at: Date, zone: string, months = 0): Date {
  return startOfDay(noonOf(at, zone).set({ day: 1 }).plus({ months }).toJSDate(), zone);
}

/** Local days from the one of `from` to the one of `to`. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  return Math.round(dateOf(to, zone).diff(dateOf(from, zone), 'days').days);
}

/** The same time on the clock so many days later. */
export function shiftDays(at: Date, days: number, zone: string): Date {
  return isStartOfDay(at, zone) ? addDays(at, days, zone) : inZone(at, zone).plus({ days }).toJSDate();
}

/** The same time on the clock a calendar year earlier; 29 February → 28 February. */
export function yearBefore(at: Date, zone: string): Date {
  const shifted = inZone(at, zone).minus({ years: 1 }).toJSDate();
  return isStartOfDay(at, zone) ? startOfDay(shifted, zone) : shifted;
}

/** Year, month and day of the local day that `at` lies in. */
export function localDate(at: Date, zone: string): { year: number; month: number; day: number } {
  const { year, month, day } = inZone(at, zone);
  return { year, month, day };
}

/** Length of `[from, to)` in local days: whole ones, however many hours they have, and the rest as a part of 24 hours. */
export function lengthInDays(from: Date, to: Date, zone: string): number {
  if (to <= from) return 0;
  let days = daysBetween(from, to, zone);
  let reached = shiftDays(from, days, zone);
  if (reached > to) reached = shiftDays(from, --days, zone);
  return days + (to.getTime() - reached.getTime()) / 86_400_000;
}

function inZone(at: Date, zone: string): DateTime {
  return DateTime.fromJSDate(at, { zone });
}

function noonOf(at: Date, zone: string): DateTime {
  return inZone(at, zone).set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
}

function dateOf(at: Date, zone: string): DateTime {
  const { year, month, day } = localDate(at, zone);
  return DateTime.utc(year, month, day);
}
