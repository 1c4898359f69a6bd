import { InvalidInputError } from '../../platform/errors/index.js';
import { parseInstant } from './instant.js';
import {
  addDays,
  daysBetween,
  isStartOfDay,
  shiftDays,
  startOfDay,
  startOfMonth,
  startOfWeek,
  yearBefore,
} from './local-day.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ranges of so much time that end now. */
const ROLLING_MS = { '1h': HOUR_MS, '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const;
type RollingName = keyof typeof ROLLING_MS;

export const CALENDAR_RANGES = ['today', 'yesterday', 'this_week', 'last_week', 'this_month', 'last_month'] as const;
type CalendarName = (typeof CALENDAR_RANGES)[number];

export const RANGE_NAMES = ['1h', '24h', '7d', '30d', ...CALENDAR_RANGES] as const;
export type RangeName = (typeof RANGE_NAMES)[number];
export type Comparison = 'previous_period' | 'previous_year';

export const MAX_RANGE_DAYS = 400;

/** Half-open `[from, to)`; `name` is set when it was asked for by name. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
  readonly name: RangeName | null;
}

export interface RangeRequest {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * The range a request asks for: by name, or `from` (and `to`, default now); default 24h. Calendar ranges are cut in `zone`.
 * @throws InvalidInputError
 */
export function parseTimeRange(request: RangeRequest, now: Date, zone: string): TimeRange {
  if (request.from === undefined && request.to === undefined) return namedRange(request.range ?? '24h', now, zone);
  if (request.range !== undefined) refuse('range', 'give either range or from and to, not both');
  if (request.from === undefined) refuse('from', 'is required when to is given');
  const from = parseInstant(request.from, 'from');
  const to = request.to === undefined ? now : parseInstant(request.to, 'to');
  if (from >= to) refuse('from', 'must be before to');
  if (to.getTime() - from.getTime() > MAX_RANGE_DAYS * DAY_MS)
    refuse('from', `the range is at most ${MAX_RANGE_DAYS} days`);
  return { from, to, name: null };
}

/** The range to compare with. Of a range that is still running only the part that has passed is compared. */
export function comparisonRange(range: TimeRange, comparison: Comparison, now: Date, zone: string): TimeRange {
  const elapsedTo = elapsedEnd(range, now);
  const shifted =
    comparison === 'previous_year' ? previousYear(range.from, elapsedTo, zone) : previousPeriod(range, elapsedTo, zone);
  return { ...shifted, name: null };
}

/** The time right before the range, as long as it; of one that is still running, the part that has passed. */
export function timeBefore(range: TimeRange, now: Date): TimeRange {
  return { ...shiftedByLength(range, elapsedEnd(range, now)), name: null };
}

function elapsedEnd({ from, to }: Ends, now: Date): Date {
  return to > now && from < now ? now : to;
}

function shiftedByLength({ from, to }: Ends, elapsedTo: Date): Ends {
  const length = to.getTime() - from.getTime();
  return { from: new Date(from.getTime() - length), to: new Date(elapsedTo.getTime() - length) };
}

type Ends = Pick<TimeRange, 'from' | 'to'>;

/** Whether the range to compare with is the time before it, as long in hours: neither days of the calendar nor a year. */
export function isShiftedByLength(range: TimeRange, comparison: Comparison, zone: string): boolean {
  return comparison === 'previous_period' && !isCalendar(range.name) && !isWholeDays(range, zone);
}

function isWholeDays({ from, to }: Ends, zone: string): boolean {
  return isStartOfDay(from, zone) && isStartOfDay(to, zone);
}

/**
 * A calendar range is compared with the calendar range before it. A range whose ends are beginnings of local days moves by
 * as many local days, so that a week in which the clocks change has seven days before it. Any other moves by its length.
 */
function previousPeriod(range: TimeRange, elapsedTo: Date, zone: string): Ends {
  const unit = isCalendar(range.name) ? CALENDAR[range.name].unit : undefined;
  if (unit) return elapsedPart(beginningBefore(range.from, unit, zone), range, elapsedTo, zone);
  if (isWholeDays(range, zone)) {
    const days = daysBetween(range.from, range.to, zone);
    return { from: addDays(range.from, -days, zone), to: shiftDays(elapsedTo, -days, zone) };
  }
  return shiftedByLength(range, elapsedTo);
}

/** Of the period before, as many days as have passed of the range, to the same time on the clock: at most all of it. */
function elapsedPart(from: Date, range: TimeRange, elapsedTo: Date, zone: string): Ends {
  if (!runsToNow(range.name)) return { from, to: range.from };
  const to = shiftDays(elapsedTo, -daysBetween(from, range.from, zone), zone);
  return { from, to: to < range.from ? to : range.from };
}

/** First and last instant move by a calendar year, so that the day before a 29 February has one day beside it. */
function previousYear(from: Date, to: Date, zone: string): Ends {
  const first = yearBefore(from, zone);
  const last = new Date(yearBefore(new Date(to.getTime() - 1), zone).getTime() + 1);
  const length = to.getTime() - from.getTime();
  const change = Math.abs(last.getTime() - first.getTime() - length);
  // A day that runs over the end of a February is one day in the other year as well: not two, nor nothing. Nor is one
  // whose ends were moved out to full hours.
  if (length <= DAY_MS + 2 * HOUR_MS && change > DAY_MS / 2)
    return { from: first, to: new Date(first.getTime() + length) };
  return { from: first, to: last };
}

const CALENDAR: Record<CalendarName, { readonly unit: 'day' | 'week' | 'month'; readonly runs: boolean }> = {
  today: { unit: 'day', runs: true },
  yesterday: { unit: 'day', runs: false },
  this_week: { unit: 'week', runs: true },
  last_week: { unit: 'week', runs: false },
  this_month: { unit: 'month', runs: true },
  last_month: { unit: 'month', runs: false },
};

function namedRange(name: string, now: Date, zone: string): TimeRange {
  if (isCalendar(name)) return { ...calendarRange(name, now, zone), name };
  const length = isRolling(name) ? ROLLING_MS[name] : refuse('range', `must be one of ${RANGE_NAMES.join(', ')}`);
  return { from: new Date(now.getTime() - length), to: now, name: name as RangeName };
}

function calendarRange(name: CalendarName, now: Date, zone: string): Ends {
  const { unit, runs } = CALENDAR[name];
  const from = beginningOf(now, unit, zone);
  // At the first instant of a day there is nothing of it yet, and a range is never empty.
  if (runs) return { from, to: new Date(Math.max(now.getTime(), from.getTime() + 1)) };
  return { from: beginningBefore(from, unit, zone), to: from };
}

function beginningOf(at: Date, unit: 'day' | 'week' | 'month', zone: string): Date {
  if (unit === 'day') return startOfDay(at, zone);
  return unit === 'week' ? startOfWeek(at, zone) : startOfMonth(at, zone);
}

function beginningBefore(beginning: Date, unit: 'day' | 'week' | 'month', zone: string): Date {
  if (unit === 'month') return startOfMonth(beginning, zone, -1);
  return addDays(beginning, unit === 'week' ? -7 : -1, zone);
}

function runsToNow(name: RangeName | null): boolean {
  return isCalendar(name) && CALENDAR[name].runs;
}

function isCalendar(name: string | null): name is CalendarName {
  return (CALENDAR_RANGES as readonly (string | null)[]).includes(name);
}

function isRolling(name: string): name is RollingName {
  return Object.hasOwn(ROLLING_MS, name);
}

function refuse(path: string, message: string): never {
  throw new InvalidInputError([{ path, message }]);
}
