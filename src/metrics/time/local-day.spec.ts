import { addDays, daysBetween, lengthInDays, startOfDay, startOfMonth, startOfWeek } from './local-day.js';

const QUARTER_MS = 900_000;

/** The date on the wall as the runtime's own calendar tells it: the reference knows neither offsets nor midnights. */
function dateOnTheWall(at: number, zone: string): string {
  return calendarOf(zone).format(at);
}

const calendars = new Map<string, Intl.DateTimeFormat>();
function calendarOf(zone: string): Intl.DateTimeFormat {
  const known = calendars.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  calendars.set(zone, known);
  return known;
}

/** Clocks change at whole quarters of an hour. */
function firstQuarterOfDate(at: number, zone: string): number {
  const date = dateOnTheWall(at, zone);
  let first = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  while (dateOnTheWall(first - QUARTER_MS, zone) === date) first -= QUARTER_MS;
  return first;
}

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Atlantic/Azores',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Asuncion',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
];

it.each(ZONES)('finds the first instant of every day of two years in %s, from any instant of it', (zone) => {
  for (let at = Date.parse('2025-01-01T07:30:00Z'); at < Date.parse('2026-12-31T00:00:00Z'); at += 67 * 3_600_000) {
    const first = firstQuarterOfDate(at, zone);
    const start = startOfDay(new Date(at), zone);
    expect(start.toISOString()).toBe(new Date(first).toISOString());
    expect(startOfDay(start, zone)).toEqual(start);
    const next = addDays(start, 1, zone);
    expect(dateOnTheWall(next.getTime(), zone)).not.toBe(dateOnTheWall(next.getTime() - 1, zone));
    expect(daysBetween(start, next, zone)).toBe(1);
    expect(addDays(next, -1, zone)).toEqual(start);
  }
});

it.each([
  ['Atlantic/Azores', '2026-10-25T01:00:00Z', '2026-10-25T00:00:00.000Z'],
  ['Atlantic/Azores', '2026-10-25T13:00:00Z', '2026-10-25T00:00:00.000Z'],
  ['America/Havana', '2026-11-01T05:30:00Z', '2026-11-01T04:00:00.000Z'],
  ['America/Havana', '2026-11-01T04:30:00Z', '2026-11-01T04:00:00.000Z'],
  // Midnight does not exist: the day begins at one o'clock.
  ['America/Havana', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00.000Z'],
])('a day of %s that holds %s begins once, at %s', (zone, at, start) => {
  expect(startOfDay(new Date(at), zone).toISOString()).toBe(start);
});

it('finds weeks from Sunday and months, whatever the clocks do on their first day', () => {
  expect(startOfWeek(new Date('2026-10-28T12:00:00Z'), 'Atlantic/Azores').toISOString()).toBe(
    '2026-10-25T00:00:00.000Z',
  );
  expect(startOfWeek(new Date('2026-11-04T12:00:00Z'), 'America/Havana').toISOString()).toBe(
    '2026-11-01T04:00:00.000Z',
  );
  expect(startOfMonth(new Date('2026-11-04T12:00:00Z'), 'America/Havana').toISOString()).toBe(
    '2026-11-01T04:00:00.000Z',
  );
  expect(startOfMonth(new Date('2026-03-31T12:00:00Z'), 'Europe/Berlin', -1).toISOString()).toBe(
    '2026-01-31T23:00:00.000Z',
  );
});

it('measures in local days, however many hours they have', () => {
  const days = (from: string, to: string, zone = 'Europe/Berlin') => lengthInDays(new Date(from), new Date(to), zone);
  expect(days('2026-03-28T23:00:00Z', '2026-04-04T22:00:00Z')).toBe(7);
  expect(days('2026-10-24T22:00:00Z', '2026-10-31T23:00:00Z')).toBe(7);
  expect(days('2026-10-31T23:00:00Z', '2026-11-01T11:00:00Z')).toBe(0.5);
  expect(days('2026-11-01T12:00:00Z', '2026-11-16T12:00:00Z', 'UTC')).toBe(15);
  expect(days('2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', 'UTC')).toBe(0);
});
