/** Widths that rollups are kept in, finest first. */
export const LEVELS = ['minute', 'hourly', 'daily', 'weekly'] as const;
export type Level = (typeof LEVELS)[number];

const MINUTE_MS = 60_000;
export const LEVEL_MS: Record<Level, number> = {
  minute: MINUTE_MS,
  hourly: 60 * MINUTE_MS,
  daily: 1_440 * MINUTE_MS,
  weekly: 7 * 1_440 * MINUTE_MS,
};

/** Weeks start on Sunday 00:00 UTC; 1970-01-04 was one, and every other level divides it. */
export const ORIGIN_MS = 3 * LEVEL_MS.daily;

/** Start of the bucket that holds `ms`. */
export function floorTo(level: Level, ms: number): number {
  const width = LEVEL_MS[level];
  return Math.floor((ms - ORIGIN_MS) / width) * width + ORIGIN_MS;
}

/** First bucket start at or after `ms`. */
export function ceilTo(level: Level, ms: number): number {
  return -floorTo(level, -ms + 2 * ORIGIN_MS) + 2 * ORIGIN_MS;
}

export function coarser(level: Level): Level | undefined {
  return LEVELS[LEVELS.indexOf(level) + 1];
}

export function finer(level: Level): Level | undefined {
  return LEVELS[LEVELS.indexOf(level) - 1];
}
