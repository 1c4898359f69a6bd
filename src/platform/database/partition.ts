/** A UTC day, `YYYY-MM-DD`. */
export type UtcDay = string;

export const EVENTS_TABLE = 'analytics_events';
const PREFIX = `${EVENTS_TABLE}_p`;
const DAY_MS = 86_400_000;

/** @throws RangeError for anything that is not a day of the calendar; it goes into SQL as text. */
export function partitionName(day: UtcDay): string {
  if (!isUtcDay(day)) throw new RangeError(`${JSON.stringify(day)} is not a day like 2026-11-22.`);
  return PREFIX + day.replaceAll('-', '');
}

/** The day whose partition has this name; undefined for tables that are something else. */
export function partitionDay(name: string): UtcDay | undefined {
  const digits = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
  const day = digits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  return isUtcDay(day) ? day : undefined;
}

export function dayAfter(day: UtcDay, days = 1): UtcDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function utcDayOf(instant: Date): UtcDay {
  return instant.toISOString().slice(0, 10);
}

function isUtcDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const time = Date.parse(`${day}T00:00:00Z`);
  // `2026-02-30` parses in some engines, as a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
