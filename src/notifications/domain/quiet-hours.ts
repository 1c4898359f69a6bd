import { DateTime, IANAZone } from 'luxon';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** When somebody does not want to be told, on the clock of their own wall. */
export interface QuietHours {
  /** `HH:MM`; the first quiet minute. */
  readonly start: string;
  /** `HH:MM`; the first minute that is not. Before `start`: on the next day. */
  readonly end: string;
  /** IANA */
  readonly timeZone: string;
  /** Days on which quiet hours start. */
  readonly days: readonly Day[];
}

/** When the quiet hours that hold at `at` end; `undefined` when none do. */
export function quietUntil({ start, end, timeZone, days }: QuietHours, at: Date): Date | undefined {
  const local = DateTime.fromJSDate(at, { zone: timeZone });
  for (const daysBack of [0, 1]) {
    const day = local.minus({ days: daysBack }).startOf('day');
    if (!days.includes(DAYS[day.weekday - 1]!)) continue;
    const from = atWallClock(day, start);
    const until = atWallClock(end > start ? day : day.plus({ days: 1 }), end);
    if (from <= local && local < until) return until.toJSDate();
  }
  return undefined;
}

/** A time that the clocks skip is taken as long after midnight as it would be: 02:30 becomes 03:30. */
function atWallClock(day: DateTime, time: string): DateTime {
  const [hour, minute] = time.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}

export function isTimeZone(name: unknown): name is string {
  return typeof name === 'string' && IANAZone.isValidZone(name);
}
