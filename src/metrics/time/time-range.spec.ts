import { comparisonRange, parseTimeRange, type Comparison } from './time-range.js';

const LATER = '2029-12-31T00:00:00Z';

function shown({ from, to }: { from: Date; to: Date }): string {
  const text = (at: Date) => at.toISOString().replace('.000Z', 'Z');
  return `${text(from)}/${text(to)}`;
}

/** `range` is a name, or from/to. */
function compared(range: string, comparison: Comparison, zone: string, now = LATER): string {
  const [from = '', to] = range.split('/');
  const asked = parseTimeRange(to === undefined ? { range } : { from, to }, new Date(now), zone);
  return shown(comparisonRange(asked, comparison, new Date(now), zone));
}

describe('calendar ranges', () => {
  it.each([
    ['today', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-11-17T23:00:00Z/2026-11-18T12:34:56Z'],
    ['yesterday', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-11-16T23:00:00Z/2026-11-17T23:00:00Z'],
    // 18 November 2026 is a Wednesday.
    ['this_week', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-11-14T23:00:00Z/2026-11-18T12:34:56Z'],
    ['last_week', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-11-07T23:00:00Z/2026-11-14T23:00:00Z'],
    ['this_month', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-10-31T23:00:00Z/2026-11-18T12:34:56Z'],
    ['last_month', 'Europe/Berlin', '2026-11-18T12:34:56Z', '2026-09-30T22:00:00Z/2026-10-31T23:00:00Z'],
    ['today', 'America/New_York', '2026-11-18T03:00:00Z', '2026-11-17T05:00:00Z/2026-11-18T03:00:00Z'],
    ['this_week', 'UTC', '2026-11-15T00:00:01Z', '2026-11-15T00:00:00Z/2026-11-15T00:00:01Z'],
    ['last_week', 'UTC', '2026-11-15T00:00:00Z', '2026-11-08T00:00:00Z/2026-11-15T00:00:00Z'],
    ['last_month', 'UTC', '2024-03-31T10:00:00Z', '2024-02-01T00:00:00Z/2024-03-01T00:00:00Z'],
    ['last_month', 'UTC', '2026-01-31T10:00:00Z', '2025-12-01T00:00:00Z/2026-01-01T00:00:00Z'],
    ['yesterday', 'America/Havana', '2026-11-02T12:00:00Z', '2026-11-01T04:00:00Z/2026-11-02T05:00:00Z'],
    ['today', 'Asia/Kathmandu', '2026-11-18T12:00:00Z', '2026-11-17T18:15:00Z/2026-11-18T12:00:00Z'],
    ['today', 'UTC', '2026-11-18T00:00:00Z', '2026-11-18T00:00:00Z/2026-11-18T00:00:00.001Z'],
  ])('%s in %s at %s is %s', (range, zone, now, expected) => {
    const parsed = parseTimeRange({ range }, new Date(now), zone);
    expect(shown(parsed)).toBe(expected);
    expect(parsed.name).toBe(range);
  });
});

describe('the previous period', () => {
  it.each([
    // C09 and C09b: a week in which the clocks change has seven days before it.
    ['2026-03-28T23:00:00Z/2026-04-04T22:00:00Z', 'Europe/Berlin', '2026-03-21T23:00:00Z/2026-03-28T23:00:00Z'],
    ['2026-10-24T22:00:00Z/2026-10-31T23:00:00Z', 'Europe/Berlin', '2026-10-17T22:00:00Z/2026-10-24T22:00:00Z'],
    ['2026-10-31T23:00:00Z/2026-11-07T23:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00Z/2026-10-31T23:00:00Z'],
    // C09c: from and to are days, not a month by name.
    ['2026-12-01T00:00:00Z/2027-01-01T00:00:00Z', 'UTC', '2026-10-31T00:00:00Z/2026-12-01T00:00:00Z'],
    // The same instants are no local days elsewhere, and move by their length.
    ['2026-03-28T23:00:00Z/2026-04-04T22:00:00Z', 'UTC', '2026-03-22T00:00:00Z/2026-03-28T23:00:00Z'],
    ['2026-11-10T10:00:00Z/2026-11-10T13:00:00Z', 'Europe/Berlin', '2026-11-10T07:00:00Z/2026-11-10T10:00:00Z'],
    ['2026-10-25T00:00:00Z/2026-10-26T01:00:00Z', 'Atlantic/Azores', '2026-10-24T00:00:00Z/2026-10-25T00:00:00Z'],
  ])('of %s in %s is %s', (range, zone, expected) => {
    expect(compared(range, 'previous_period', zone)).toBe(expected);
  });

  it.each([
    ['yesterday', 'Europe/Berlin', '2026-10-26T12:00:00Z', '2026-10-23T22:00:00Z/2026-10-24T22:00:00Z'],
    ['last_week', 'Europe/Berlin', '2026-11-04T12:00:00Z', '2026-10-17T22:00:00Z/2026-10-24T22:00:00Z'],
    ['last_month', 'UTC', '2026-04-10T12:00:00Z', '2026-02-01T00:00:00Z/2026-03-01T00:00:00Z'],
    // The same elapsed part, by the clock on the wall.
    ['today', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-23T22:00:00Z/2026-10-24T11:00:00Z'],
    ['this_week', 'Europe/Berlin', '2026-04-01T10:00:00Z', '2026-03-21T23:00:00Z/2026-03-25T11:00:00Z'],
    ['this_month', 'UTC', '2026-11-18T12:34:56Z', '2026-10-01T00:00:00Z/2026-10-18T12:34:56Z'],
    // 29.5 days have passed: as much as February has, and no day of March.
    ['this_month', 'UTC', '2026-03-30T12:00:00Z', '2026-02-01T00:00:00Z/2026-03-01T00:00:00Z'],
    ['this_month', 'UTC', '2026-03-28T12:00:00Z', '2026-02-01T00:00:00Z/2026-02-28T12:00:00Z'],
    ['24h', 'Europe/Berlin', '2026-10-26T12:00:00Z', '2026-10-24T12:00:00Z/2026-10-25T12:00:00Z'],
  ])('of %s in %s at %s is %s', (range, zone, now, expected) => {
    expect(compared(range, 'previous_period', zone, now)).toBe(expected);
  });

  it('of days that are still running is of the same elapsed part', () => {
    const november = '2026-11-01T00:00:00Z/2026-12-01T00:00:00Z';
    expect(compared(november, 'previous_period', 'UTC', '2026-11-22T12:34:56Z')).toBe(
      '2026-10-02T00:00:00Z/2026-10-23T12:34:56Z',
    );
  });
});

describe('the previous year', () => {
  it.each([
    // Case 03.
    ['2024-02-28T00:00:00Z/2024-02-29T00:00:00Z', '2023-02-28T00:00:00Z/2023-03-01T00:00:00Z'],
    // C07c: one day after a leap year.
    ['2025-02-28T00:00:00Z/2025-03-01T00:00:00Z', '2024-02-28T00:00:00Z/2024-02-29T00:00:00Z'],
    // C07d.
    ['2024-02-29T00:00:00Z/2024-03-01T00:00:00Z', '2023-02-28T00:00:00Z/2023-03-01T00:00:00Z'],
    ['2024-02-22T00:00:00Z/2024-02-29T00:00:00Z', '2023-02-22T00:00:00Z/2023-03-01T00:00:00Z'],
    ['2024-02-01T00:00:00Z/2024-04-01T00:00:00Z', '2023-02-01T00:00:00Z/2023-04-01T00:00:00Z'],
    ['2025-02-01T00:00:00Z/2025-04-01T00:00:00Z', '2024-02-01T00:00:00Z/2024-04-01T00:00:00Z'],
    ['2025-02-01T00:00:00Z/2025-03-01T00:00:00Z', '2024-02-01T00:00:00Z/2024-02-29T00:00:00Z'],
    ['2026-11-10T10:00:00Z/2026-11-10T13:00:00Z', '2025-11-10T10:00:00Z/2025-11-10T13:00:00Z'],
    // A day over the end of February is one day, not none or two.
    ['2028-02-28T12:34:56Z/2028-02-29T12:34:56Z', '2027-02-28T12:34:56Z/2027-03-01T12:34:56Z'],
    ['2029-02-28T12:00:00Z/2029-03-01T12:00:00Z', '2028-02-28T12:00:00Z/2028-02-29T12:00:00Z'],
  ])('of %s is %s', (range, expected) => {
    expect(compared(range, 'previous_year', 'UTC')).toBe(expected);
  });

  it.each([
    ['2026-03-28T23:00:00Z/2026-03-29T22:00:00Z', 'Europe/Berlin', '2025-03-28T23:00:00Z/2025-03-29T23:00:00Z'],
    ['2026-11-01T04:00:00Z/2026-11-02T05:00:00Z', 'America/Havana', '2025-11-01T04:00:00Z/2025-11-02T04:00:00Z'],
    ['2026-11-02T05:00:00Z/2026-11-03T05:00:00Z', 'America/Havana', '2025-11-02T04:00:00Z/2025-11-03T05:00:00Z'],
  ])('of a day of local time, %s in %s, is %s', (range, zone, expected) => {
    expect(compared(range, 'previous_year', zone)).toBe(expected);
  });

  it.each([
    ['today', '2028-02-29T12:34:56Z', '2027-02-28T00:00:00Z/2027-02-28T12:34:56Z'],
    ['this_month', '2028-02-29T12:00:00Z', '2027-02-01T00:00:00Z/2027-02-28T12:00:00Z'],
    ['this_month', '2029-02-28T12:00:00Z', '2028-02-01T00:00:00Z/2028-02-28T12:00:00Z'],
    ['yesterday', '2028-02-29T12:00:00Z', '2027-02-28T00:00:00Z/2027-03-01T00:00:00Z'],
  ])('of %s at %s is %s', (range, now, expected) => {
    expect(compared(range, 'previous_year', 'UTC', now)).toBe(expected);
  });
});
