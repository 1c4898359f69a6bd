import { InvalidInputError } from '../../platform/errors/index.js';
import { bucketsOf, chooseStep } from './step.js';
import { comparisonRange, parseTimeRange } from './time-range.js';
import { checkZone, isWholeHours } from './zone.js';

const NOW = new Date('2026-11-22T12:34:56.789Z');
const LIMITS = { subHourlyFrom: new Date('2026-11-15T12:34:56.789Z'), hourlyFrom: new Date('2026-08-24T00:00:00Z') };

function range(from: string, to: string) {
  return parseTimeRange({ from, to }, NOW, 'UTC');
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.errors.map(({ path }) => path).join();
    throw error;
  }
  return 'accepted';
}

describe('parseTimeRange', () => {
  it('is the last 24 hours when nothing is asked', () => {
    expect(parseTimeRange({}, NOW, 'UTC')).toEqual({
      from: new Date('2026-11-21T12:34:56.789Z'),
      to: NOW,
      name: '24h',
    });
  });

  it.each([
    [{ range: '2h' }, 'range'],
    [{ range: '1h', from: '2026-11-01T00:00:00Z' }, 'range'],
    [{ to: '2026-11-01T00:00:00Z' }, 'from'],
    [{ from: '2026-11-02T00:00:00Z', to: '2026-11-02T00:00:00Z' }, 'from'],
    [{ from: '2025-01-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }, 'from'],
    [{ from: '2026-11-01' }, 'from'],
    [{ from: '2026-02-30T00:00:00Z' }, 'from'],
    [{ from: '1763769600' }, 'from'],
    [{ from: '2026-11-01T00:00:00Z', to: 'now' }, 'to'],
  ])('refuses %j naming %s', (request, path) => {
    expect(refusal(() => parseTimeRange(request, NOW, 'UTC'))).toBe(path);
  });

  it('takes an offset', () => {
    expect(range('2026-11-01T00:30:00+02:00', '2026-11-02T00:00:00Z').from.toISOString()).toBe(
      '2026-10-31T22:30:00.000Z',
    );
  });
});

describe('comparisonRange', () => {
  it('compares a period that is still running with the same elapsed part', () => {
    const november = range('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z');
    const before = comparisonRange(november, 'previous_period', NOW, 'UTC');
    expect(before.from.toISOString()).toBe('2026-10-02T00:00:00.000Z');
    expect(before.to.toISOString()).toBe('2026-10-23T12:34:56.789Z');
  });

  it('takes 29 February back to 28 February', () => {
    const now = new Date('2028-03-05T00:00:00Z');
    const leapDay = parseTimeRange({ from: '2028-02-29T00:00:00Z', to: '2028-03-01T00:00:00Z' }, now, 'UTC');
    const before = comparisonRange(leapDay, 'previous_year', now, 'UTC');
    expect([before.from.toISOString(), before.to.toISOString()]).toEqual([
      '2027-02-28T00:00:00.000Z',
      '2027-03-01T00:00:00.000Z',
    ]);
  });
});

describe('chooseStep', () => {
  it.each([
    ['2026-11-22T11:34:56Z', '1m'],
    ['2026-11-21T12:34:56Z', '15m'],
    ['2026-11-15T12:34:57Z', '1h'],
    ['2026-10-23T12:34:56Z', '1d'],
    ['2025-11-22T12:34:56Z', '1w'],
    // 200 minutes that do not begin with one touch 201 of them.
    ['2026-11-22T09:14:56Z', '5m'],
  ])('gives at most 200 points by default: from %s in steps of %s', (from, step) => {
    expect(chooseStep(undefined, range(from, NOW.toISOString()), LIMITS)).toBe(step);
  });

  it('refuses more than 2,000 points, and a step that is not kept so far back', () => {
    expect(refusal(() => chooseStep('1m', range('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z'), LIMITS))).toBe('step');
    expect(refusal(() => chooseStep('15m', range('2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z'), LIMITS))).toBe(
      'step',
    );
    expect(refusal(() => chooseStep('1h', range('2026-08-01T00:00:00Z', '2026-08-02T00:00:00Z'), LIMITS))).toBe('step');
  });
});

describe('bucketsOf', () => {
  it('flags what the range cuts and what is still open', () => {
    const hours = bucketsOf(range('2026-11-22T10:30:00Z', '2026-11-22T13:00:00Z'), '1h', 'UTC', NOW);
    expect(hours.map(({ start, partial }) => [start.toISOString().slice(11, 16), partial])).toEqual([
      ['10:00', true],
      ['11:00', false],
      ['12:00', true],
    ]);
  });

  it('cuts days where the clocks of the zone do: 23 hours in spring, 25 in autumn', () => {
    const hoursOf = (from: string, to: string) =>
      bucketsOf(range(from, to), '1d', 'Europe/Paris', NOW).map(
        ({ start, end }) => (end.getTime() - start.getTime()) / 3_600_000,
      );
    expect(hoursOf('2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z')).toEqual([23, 24]);
    expect(hoursOf('2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z')).toEqual([25, 24]);
  });

  it('has one day of 25 hours where midnight comes twice, wherever the range begins', () => {
    const day = (from: string, to: string, zone: string, step: '1d' | '1w' = '1d') =>
      bucketsOf(range(from, to), step, zone, NOW).map(({ start, partial }) => [start.toISOString(), partial]);
    expect(day('2026-10-25T01:00:00Z', '2026-10-26T01:00:00Z', 'Atlantic/Azores')).toEqual([
      ['2026-10-25T00:00:00.000Z', true],
    ]);
    expect(day('2026-10-25T00:00:00Z', '2026-10-26T01:00:00Z', 'Atlantic/Azores')).toEqual([
      ['2026-10-25T00:00:00.000Z', false],
    ]);
    expect(day('2026-10-28T12:00:00Z', '2026-11-01T01:00:00Z', 'Atlantic/Azores', '1w')).toEqual([
      ['2026-10-25T00:00:00.000Z', true],
    ]);
    expect(day('2026-10-20T00:00:00Z', '2026-10-26T01:00:00Z', 'Atlantic/Azores', '1w')[1]).toEqual([
      '2026-10-25T00:00:00.000Z',
      true,
    ]);
    expect(day('2026-10-31T04:00:00Z', '2026-11-02T05:00:00Z', 'America/Havana')).toEqual([
      ['2026-10-31T04:00:00.000Z', false],
      ['2026-11-01T04:00:00.000Z', false],
    ]);
    expect(day('2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 'America/Havana')).toEqual([
      ['2026-03-08T05:00:00.000Z', false],
    ]);
  });

  it('starts weeks on Sunday', () => {
    const weeks = bucketsOf(range('2026-11-04T00:00:00Z', '2026-11-16T00:00:00Z'), '1w', 'UTC', NOW);
    expect(weeks.map(({ start }) => start.toISOString().slice(0, 10))).toEqual([
      '2026-11-01',
      '2026-11-08',
      '2026-11-15',
    ]);
  });
});

describe('checkZone', () => {
  it.each(['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])('takes %s', (zone) => {
    expect(checkZone(zone)).toBe(zone);
  });

  it.each(['Mars/Olympus', '+05:30', 'UTC+5:45', ''])('refuses %j, which is no IANA name', (zone) => {
    expect(refusal(() => checkZone(zone))).toBe('time_zone');
  });
});

describe('isWholeHours', () => {
  it.each([
    ['Europe/Paris', '2026-01-01', '2027-01-01', true],
    ['Asia/Kolkata', '2026-01-01', '2026-01-02', false],
    ['America/St_Johns', '2026-01-01', '2027-01-01', false],
    ['Australia/Lord_Howe', '2026-01-01', '2026-03-31', true], // +11:00 in summer, +10:30 in winter
    ['Australia/Lord_Howe', '2026-01-01', '2026-04-06', false],
    ['Australia/Lord_Howe', '2026-10-01', '2026-10-05', false],
  ])('says of %s from %s to %s: %s', (zone, from, to, expected) => {
    expect(isWholeHours(zone, { from: Date.parse(from), to: Date.parse(to) })).toBe(expected);
  });
});
