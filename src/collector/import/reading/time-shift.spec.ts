import { DAY_MS, daysToYesterday, instantOf, shiftTimestamp } from './time-shift.js';

const at = (text: string): number => Date.parse(text);

describe('the days to yesterday', () => {
  it.each([
    ['2011-09-30T17:00:00Z', '2026-11-22T00:00:00Z', '2026-11-21'],
    ['2011-09-30T23:59:59.999Z', '2026-11-22T23:59:59Z', '2026-11-21'],
    ['2026-11-21T00:00:00Z', '2026-11-22T10:00:00Z', '2026-11-21'],
    ['2027-03-01T05:00:00Z', '2026-11-22T10:00:00Z', '2026-11-21'],
    ['1969-12-31T23:00:00Z', '2024-03-01T10:00:00Z', '2024-02-29'],
  ])('bring %s, seen at %s, to %s', (newest, now, day) => {
    const days = daysToYesterday(at(newest), at(now));
    expect(new Date(at(newest) + days * DAY_MS).toISOString().slice(0, 10)).toBe(day);
  });
});

describe('a shifted timestamp', () => {
  it.each([
    ['2011-07-01T07:16:00Z', 5_500, '2026-07-22T07:16:00Z'],
    ['2024-02-28T23:59:59.123456Z', 1, '2024-02-29T23:59:59.123456Z'],
    ['2023-12-31T23:30:00.5+05:30', 1, '2024-01-01T23:30:00.5+05:30'],
    ['2024-01-01t00:00:00z', -1, '2023-12-31t00:00:00z'],
    ['2024-01-01 00:00:00Z', 366, '2025-01-01 00:00:00Z'],
  ])('%s by %i days keeps everything but its date', (text, days, shifted) => {
    expect(shiftTimestamp(text, days)).toBe(shifted);
  });

  it.each(['2023-06-31T00:00:00Z', '2023-13-01T00:00:00Z', 'yesterday', '', '1700000000', '20110701T071600Z'])(
    'stays as it is when it is none: %p',
    (text) => {
      expect(shiftTimestamp(text, 3)).toBe(text);
    },
  );

  it('stays as it is when it would leave the years of four digits', () => {
    expect(shiftTimestamp('9999-12-31T00:00:00Z', 1)).toBe('9999-12-31T00:00:00Z');
  });

  it('moves the instant by exactly that many days, whatever the offset', () => {
    const text = '2024-03-30T23:10:11.123-09:00';
    expect((instantOf(shiftTimestamp(text, 40)) as number) - (instantOf(text) as number)).toBe(40 * DAY_MS);
  });
});

it.each([undefined, null, 1_700_000_000_000, '2024-01-01', '2024-01-01T10:00:00', 'now', '2024-13-01T00:00:00Z'])(
  'takes no instant from %p',
  (value) => {
    expect(instantOf(value)).toBeUndefined();
  },
);
