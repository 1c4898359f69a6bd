import { DateTime } from 'luxon';
import { firstFact, historyCuts, historyWindows, usualValues } from './history-windows.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

/**
 * The definition, word by word: of the last 56 local days the first full hour of UTC that has the local hour of the
 * window's start.
 */
function reference(start: number, zone: string): { from: string; isSameWeekday: boolean }[] {
  const local = (ms: number): DateTime => DateTime.fromMillis(ms, { zone });
  const dayOf = (at: DateTime): string => at.toFormat('yyyy-MM-dd');
  const found: { from: string; isSameWeekday: boolean }[] = [];
  for (let days = 56; days > 0; days--) {
    const wanted = dayOf(DateTime.fromISO(dayOf(local(start)), { zone: 'utc' }).minus({ days }));
    for (let at = start - (days + 1) * DAY; at <= start - (days - 1) * DAY; at += HOUR) {
      const then = local(at);
      if (dayOf(then) !== wanted || then.hour !== local(start).hour) continue;
      found.push({ from: iso(at), isSameWeekday: then.weekday === local(start).weekday });
      break;
    }
  }
  return found;
}

describe.each([
  ['UTC', '2026-11-22T10:00:00Z'],
  ['Europe/Berlin', '2026-03-29T08:00:00Z'], // an hour after the clocks went forward
  ['Europe/Berlin', '2026-04-20T07:00:00Z'],
  ['Europe/Berlin', '2026-04-05T01:00:00Z'], // 02:00 to 03:00, which the week before did not have
  ['Europe/Berlin', '2026-10-25T09:00:00Z'], // the clocks went back
  ['Europe/Berlin', '2026-10-25T02:00:00Z'], // the second 02:00 to 03:00 of that night
  ['Europe/Berlin', '2026-11-30T09:00:00Z'],
  ['America/New_York', '2026-12-01T15:00:00Z'],
  ['Australia/Sydney', '2026-04-19T00:00:00Z'],
  ['Asia/Kolkata', '2026-11-22T10:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-19T00:00:00Z'],
  ['Africa/Casablanca', '2026-03-30T10:00:00Z'],
])('the same hours of earlier days in %s before %s', (zone, end) => {
  it('are those that the definition names', () => {
    const windows = historyWindows(Date.parse(end), HOUR, zone);
    expect(windows.map(({ from, isSameWeekday }) => ({ from: iso(from), isSameWeekday }))).toEqual(
      reference(Date.parse(end) - HOUR, zone),
    );
    expect(windows.every(({ from, to }) => to === from + HOUR)).toBe(true);
  });
});

describe('the same hours of earlier days', () => {
  it('are cut at the full hours that are nearest to the window', () => {
    const windows = historyWindows(Date.parse('2026-11-22T10:20:00Z'), HOUR, 'UTC');
    expect(windows).toHaveLength(56);
    expect(iso(windows.at(-1)!.from)).toBe('2026-11-21T09:00');
  });
  it.each(['UTC', 'Europe/Berlin', 'America/New_York'])('never overlap when a window is a day, in %s', (zone) => {
    for (const end of ['2026-04-15T00:00:00Z', '2026-11-22T00:00:00Z']) {
      const windows = historyWindows(Date.parse(end), DAY, zone);
      expect(windows.every(({ to }, index) => to <= (windows[index + 1]?.from ?? Infinity))).toBe(true);
      const froms = new Set(historyCuts(windows).map(({ from }) => from));
      expect(windows.every(({ from }) => froms.has(from))).toBe(true);
    }
  });
});

describe('what is usual at an hour', () => {
  const windows = historyWindows(Date.parse('2026-11-22T10:00:00Z'), HOUR, 'UTC');
  const values = (valueOf: (index: number) => number | null, ofNothing: 0 | null = null): number[] => {
    const figures = new Map(
      windows.flatMap(({ from }, index) => {
        const value = valueOf(index);
        return value === null ? [] : [[from, { value, samples: value }] as const];
      }),
    );
    return usualValues(windows, figures, { first: firstFact(figures), ofNothing });
  };
  // The windows of the same weekday are 0, 7, 14 … 49.
  it('are the values of the same hour of the week', () => {
    expect(values((index) => index + 1)).toEqual([1, 8, 15, 22, 29, 36, 43, 50]);
  });
  it('are so with six weeks, and with five those of all days', () => {
    expect(values((index) => (index >= 14 ? index : null))).toEqual([14, 21, 28, 35, 42, 49]);
    expect(values((index) => (index >= 15 ? index : null))).toHaveLength(41);
  });
  it('are none with fewer than seven days', () => {
    expect(values((index) => (index >= 49 ? index : null))).toHaveLength(7);
    expect(values((index) => (index >= 50 ? index : null))).toEqual([]);
  });
  it('count a zero of an hour in which nothing happened, but none from before the first fact', () => {
    expect(values((index) => (index === 14 ? 4 : null), 0)).toEqual([4, 0, 0, 0, 0, 0]);
    expect(values((index) => (index === 49 ? 4 : null), 0)).toEqual([4, 0, 0, 0, 0, 0, 0]);
    expect(values(() => null, 0)).toEqual([]);
  });
});
