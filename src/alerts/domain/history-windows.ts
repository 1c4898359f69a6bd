import { IANAZone } from 'luxon';
import type { Figure } from './condition.js';

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
const DAY_MS = HOURS_A_DAY * HOUR_MS;
const HISTORY_WEEKS = 8;
export const HISTORY_DAYS = 7 * HISTORY_WEEKS;
/** Weeks of which the value has to be known; with fewer, the same hour of all days is what is usual. */
export const MIN_WEEKS = 6;
/** Fewer values of the same hour tell nothing about what is usual. */
export const MIN_VALUES = 7;
/** No zone changes its offset by more. */
const MAX_SHIFT_HOURS = 3;

/** Half-open, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The same local hours on an earlier day. */
export interface HistoryWindow extends Span {
  readonly isSameWeekday: boolean;
}

const MAX_REMEMBERED = 200;
const remembered = new Map<string, readonly HistoryWindow[]>();

/**
 * The same local hours on each of the last 56 days, oldest first. Windows are cut at full hours of UTC, the nearest to the
 * window that ends at `end`: hours are what is kept that long. A day without that hour (the clocks went forward) has no
 * window; of an hour that a day has twice, the first counts.
 */
export function historyWindows(end: number, windowMs: number, zone: string): readonly HistoryWindow[] {
  const to = Math.round(end / HOUR_MS) * HOUR_MS;
  const key = `${zone} ${to} ${windowMs}`;
  const known = remembered.get(key);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const windows = windowsBefore(to - windowMs, windowMs, IANAZone.create(zone));
  remembered.set(key, windows);
  return windows;
}

function windowsBefore(start: number, windowMs: number, zone: IANAZone): HistoryWindow[] {
  const starts: { from: number; isSameWeekday: boolean }[] = [];
  for (let days = HISTORY_DAYS; days > 0; days--) {
    const wanted = localHour(start, zone) - days * HOURS_A_DAY;
    const from = firstWithLocalHour(wanted, start - days * DAY_MS, zone);
    if (from !== undefined && from + windowMs <= start) starts.push({ from, isSameWeekday: days % 7 === 0 });
  }
  // A window of 24 hours is longer than the day on which the clocks go forward.
  return starts.map((one, index) => ({
    ...one,
    to: Math.min(one.from + windowMs, starts[index + 1]?.from ?? Infinity),
  }));
}

/** Hours of local time since 1970, so that 24 of them are a local day. */
function localHour(ms: number, zone: IANAZone): number {
  return Math.floor((ms + zone.offset(ms) * 60_000) / HOUR_MS);
}

function firstWithLocalHour(wanted: number, near: number, zone: IANAZone): number | undefined {
  for (let shift = -MAX_SHIFT_HOURS; shift <= MAX_SHIFT_HOURS; shift++) {
    const at = near + shift * HOUR_MS;
    if (localHour(at, zone) === wanted) return at;
  }
  return undefined;
}

/** The windows and what lies between them, oldest first, without gaps. */
export function historyCuts(windows: readonly Span[]): Span[] {
  const borders = [...new Set(windows.flatMap(({ from, to }) => [from, to]))].sort((left, right) => left - right);
  return borders.slice(1).map((to, index) => ({ from: borders[index] ?? to, to }));
}

/** The start of the first cut with any facts; `figures` by the start of their cut. */
export function firstFact(figures: ReadonlyMap<number, Figure>): number {
  return Math.min(...[...figures].filter(([, { samples }]) => samples > 0).map(([from]) => from));
}

/**
 * What is usual: the values of the same hours of the week where at least 6 weeks are known, else those of all days where
 * there are at least 7, else none. A count of 0 is a value, but not from before the first fact.
 * @param figures by the start of their window
 */
export function usualValues(
  windows: readonly HistoryWindow[],
  figures: ReadonlyMap<number, Figure>,
  { first, ofNothing }: { readonly first: number; readonly ofNothing: 0 | null },
): number[] {
  const known = windows
    .filter(({ to }) => to > first)
    .flatMap(({ from, isSameWeekday }) => {
      const value = figures.get(from)?.value ?? ofNothing;
      return value === null ? [] : [{ value, isSameWeekday }];
    });
  const ofWeekday = known.filter(({ isSameWeekday }) => isSameWeekday);
  const chosen = ofWeekday.length >= MIN_WEEKS ? ofWeekday : known.length >= MIN_VALUES ? known : [];
  return chosen.map(({ value }) => value);
}
