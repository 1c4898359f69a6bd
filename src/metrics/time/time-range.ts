import { DateTime } from 'luxon';
import { InvalidInputError } from '../../platform/errors/index.js';
import { parseInstant } from './instant.js';

export const RANGE_NAMES = ['1h', '24h', '7d', '30d'] as const;
export type RangeName = (typeof RANGE_NAMES)[number];
export type Comparison = 'previous_period' | 'previous_year';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RANGE_MS: Record<RangeName, number> = { '1h': HOUR_MS, '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS };

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

/** The range a request asks for: by name, or `from` (and `to`, default now); default 24h. @throws InvalidInputError */
export function parseTimeRange(request: RangeRequest, now: Date): TimeRange {
  if (request.from === undefined && request.to === undefined) return namedRange(request.range ?? '24h', now);
  if (request.range !== undefined) refuse('range', 'give either range or from and to, not both');
  if (request.from === undefined) refuse('from', 'is required when to is given');
  const from = parseInstant(request.from, 'from');
  const to = request.to === undefined ? now : parseInstant(request.to, 'to');
  if (from >= to) refuse('from', 'must be before to');
  if (to.getTime() - from.getTime() > MAX_RANGE_DAYS * DAY_MS)
    refuse('from', `the range is at most ${MAX_RANGE_DAYS} days`);
  return { from, to, name: null };
}

/**
 * The range to compare with. A range that is still running is compared with the same elapsed part, so its end is cut at
 * `now` first. A year is a calendar year in `zone` (29 February → 28 February).
 */
export function comparisonRange(range: TimeRange, comparison: Comparison, now: Date, zone: string): TimeRange {
  const elapsed = range.to > now && range.from < now ? now : range.to;
  const shift =
    comparison === 'previous_year'
      ? (instant: Date) => DateTime.fromJSDate(instant, { zone }).minus({ years: 1 }).toJSDate()
      : (instant: Date) => new Date(instant.getTime() - (range.to.getTime() - range.from.getTime()));
  return { from: shift(range.from), to: shift(elapsed), name: null };
}

function namedRange(name: string, now: Date): TimeRange {
  const length = RANGE_MS[name as RangeName];
  if (length === undefined) refuse('range', `must be one of ${RANGE_NAMES.join(', ')}`);
  return { from: new Date(now.getTime() - length), to: now, name: name as RangeName };
}

function refuse(path: string, message: string): never {
  throw new InvalidInputError([{ path, message }]);
}
