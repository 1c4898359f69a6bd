import type { Figure } from './condition.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const HISTORY_DAYS = 28;

/** Half-open, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The same hours of the last 28 days, oldest first. They are cut at full hours, the nearest to the window that ends at
 * `end`: hours are what is kept that long.
 */
export function historyWindows(end: number, windowMs: number): Span[] {
  const to = Math.round(end / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HISTORY_DAYS }, (_, index) => {
    const shift = (HISTORY_DAYS - index) * DAY_MS;
    return { from: to - shift - windowMs, to: to - shift };
  });
}

/** The windows and what lies between them, oldest first, without gaps. */
export function historyCuts(windows: readonly Span[]): Span[] {
  const borders = [...new Set(windows.flatMap(({ from, to }) => [from, to]))].sort((left, right) => left - right);
  return borders.slice(1).map((to, index) => ({ from: borders[index] ?? to, to }));
}

/**
 * The values of the windows as far back as there is anything at all: a count of 0 is a value, but not from before the
 * first event. `figures`: of each cut that has any.
 */
export function historyValues(
  windows: readonly Span[],
  figures: ReadonlyMap<number, Figure>,
  ofNothing: 0 | null,
): (number | null)[] {
  const first = Math.min(...[...figures].filter(([, { samples }]) => samples > 0).map(([from]) => from));
  return windows.filter(({ from }) => from >= first).map(({ from }) => figures.get(from)?.value ?? ofNothing);
}
