import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import type { AppConfig } from '../../platform/config/index.js';
import { RetentionPolicy } from '../planner/retention-policy.js';
import { TimeFrame } from './time-frame.js';
import type { Comparison, RangeRequest, TimeRange } from './time-range.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST = Date.parse('2023-01-01T00:00:00Z');
const LAST = Date.parse('2032-12-31T00:00:00Z');

interface Request {
  readonly asked: RangeRequest;
  readonly compare: Comparison;
  readonly now: number;
  readonly zone: string;
  readonly rawRetentionDays?: number;
}

interface Sides {
  readonly range: TimeRange;
  readonly comparison: TimeRange;
  /** Before anything is moved out. */
  readonly requested: TimeRange;
}

function sidesOf({ asked, compare, now: at, zone, rawRetentionDays = 7 }: Request): Sides {
  const now = new Date(at);
  const clock = { now: () => now };
  const config = { ingest: { rawRetentionDays }, business: { storeTimeZone: zone } } as unknown as AppConfig;
  const policy = new RetentionPolicy(clock, config);
  if (HALF_HOURS.includes(zone)) policy.keepMinutesSince(new Date(0));
  const frame = new TimeFrame(clock, config, policy);
  const requested = frame.range(asked, now, { hours: 'business', zone });
  const { range, comparison } = frame.compared(requested, compare, { now, zone, hours: 'business' });
  if (!comparison) throw new Error('There is nothing to compare with.');
  return { range, comparison, requested };
}

const HALF_HOURS = ['Asia/Kolkata', 'Asia/Kathmandu'];
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Havana',
  'Atlantic/Azores',
  'Pacific/Auckland',
  ...HALF_HOURS,
];

const lengthOf = ({ from, to }: TimeRange): number => to.getTime() - from.getTime();
const shown = ({ from, to }: TimeRange): string => `${from.toISOString()}/${to.toISOString()}`;

/** Whether the clocks of the zone change from a day before the range to a day after it. */
function hasClockChange({ from, to }: TimeRange, zone: string): boolean {
  const clock = IANAZone.create(zone);
  const end = to.getTime() + DAY_MS;
  for (let at = from.getTime() - DAY_MS; at < end; at += DAY_MS)
    if (clock.offset(at) !== clock.offset(end)) return true;
  return false;
}

function hasChange(range: TimeRange, comparison: TimeRange, zone: string): boolean {
  return hasClockChange(range, zone) || hasClockChange(comparison, zone);
}

function isWholeDays({ from, to }: TimeRange, zone: string): boolean {
  return [from, to].every((at) => {
    const local = DateTime.fromJSDate(at, { zone });
    return local.equals(local.startOf('day'));
  });
}

function holdsLeapDay({ from, to }: TimeRange, zone: string): boolean {
  for (let at = from.getTime(); at < to.getTime() + DAY_MS; at += DAY_MS) {
    const { month, day } = DateTime.fromMillis(Math.min(at, to.getTime() - 1), { zone });
    if (month === 2 && day === 29) return true;
  }
  return false;
}

const instant = fc.integer({ min: FIRST, max: LAST });
const zone = fc.constantFrom(...ZONES);
const compare = fc.constantFrom<Comparison>('previous_period', 'previous_year');
/** The month before can be shorter: see time-range.spec. */
const named = fc
  .constantFrom('today', 'yesterday', 'this_week', 'last_week', '1h', '24h', '7d', '30d')
  .map((range) => ({ range }));
const rawRetentionDays = fc.constantFrom(1, 7, 30);

describe('a range and what it is compared with', () => {
  it('are equally long, whatever part of the hour has passed and however long events are kept', () => {
    fc.assert(
      fc.property(named, compare, instant, zone, rawRetentionDays, (asked, by, now, at, days) => {
        const { range, comparison } = sidesOf({ asked, compare: by, now, zone: at, rawRetentionDays: days });
        const difference = Math.abs(lengthOf(range) - lengthOf(comparison));
        const isDay = ['today', 'yesterday', '1h', '24h'].includes(asked.range);
        if (by === 'previous_year' && !isDay && [range, comparison].some((side) => holdsLeapDay(side, at))) {
          expect(difference).toBeLessThanOrEqual(DAY_MS + HOUR_MS);
        } else if ([range, comparison].some((side) => hasClockChange(side, at))) {
          expect(difference).toBeLessThanOrEqual(HOUR_MS);
        } else {
          expect([shown(range), shown(comparison), difference]).toEqual([shown(range), shown(comparison), 0]);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('are equally long for any from and to, and the period before ends where the range begins', () => {
    const length = fc.integer({ min: 60_000, max: 100 * DAY_MS });
    const age = fc.integer({ min: 0, max: 100 * DAY_MS });
    fc.assert(
      fc.property(instant, length, age, zone, rawRetentionDays, (now, ms, ago, at, days) => {
        const asked = { from: new Date(now - ago - ms).toISOString(), to: new Date(now - ago).toISOString() };
        const request = { asked, compare: 'previous_period', now, zone: at, rawRetentionDays: days } as const;
        const { range, comparison } = sidesOf(request);
        expect(comparison.to).toEqual(range.from);
        const difference = Math.abs(lengthOf(comparison) - lengthOf(range));
        // As many days; those on which the clocks change have another length.
        expect(difference).toBeLessThanOrEqual(
          isWholeDays(range, at) && hasChange(range, comparison, at) ? HOUR_MS : 0,
        );
      }),
      { numRuns: 600, examples: [[1672531200000, 1552043705, 4060356296, 'Atlantic/Azores', 1]] },
    );
  });

  it('only move out, and by less than an hour', () => {
    fc.assert(
      fc.property(named, compare, instant, zone, (asked, by, now, at) => {
        const { range, requested } = sidesOf({ asked, compare: by, now, zone: at });
        const moved = [requested.from.getTime() - range.from.getTime(), range.to.getTime() - requested.to.getTime()];
        for (const ms of moved) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThan(HOUR_MS);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Comparison, string, string, string]>([
    [
      'today',
      'previous_year',
      '2026-11-18T00:10:00Z',
      '2026-11-18T00:00:00.000Z/2026-11-18T01:00:00.000Z',
      '2025-11-18T00:00:00.000Z/2025-11-18T01:00:00.000Z',
    ],
    // What began before raw events do, and ends within them.
    [
      '7d',
      'previous_period',
      '2026-11-18T12:10:00Z',
      '2026-11-11T12:00:00.000Z/2026-11-18T13:00:00.000Z',
      '2026-11-04T11:00:00.000Z/2026-11-11T12:00:00.000Z',
    ],
    // A day over the end of a February, moved out to 25 hours.
    [
      '24h',
      'previous_year',
      '2029-03-01T12:34:56Z',
      '2029-02-28T12:00:00.000Z/2029-03-01T13:00:00.000Z',
      '2028-02-28T12:00:00.000Z/2028-02-29T13:00:00.000Z',
    ],
  ])('%s with %s at %s', (range, by, now, current, earlier) => {
    const sides = sidesOf({ asked: { range }, compare: by, now: Date.parse(now), zone: 'UTC' });
    expect([shown(sides.range), shown(sides.comparison)]).toEqual([current, earlier]);
  });

  it('stay as they are when a later page asks with the range of the first one', () => {
    fc.assert(
      fc.property(named, compare, instant, zone, (asked, by, now, at) => {
        const first = sidesOf({ asked, compare: by, now, zone: at });
        const config = { ingest: { rawRetentionDays: 7 }, business: { storeTimeZone: at } } as unknown as AppConfig;
        const clock = { now: () => new Date(now) };
        const policy = new RetentionPolicy(clock, config);
        if (HALF_HOURS.includes(at)) policy.keepMinutesSince(new Date(0));
        const options = { now: new Date(now), zone: at, hours: 'business' } as const;
        const next = new TimeFrame(clock, config, policy).compared(first.range, by, options);
        expect([next.range, next.comparison].map((side) => side && shown(side))).toEqual([
          shown(first.range),
          shown(first.comparison),
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
