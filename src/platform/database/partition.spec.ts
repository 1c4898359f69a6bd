import { dayAfter, partitionDay, partitionName, utcDayOf } from './partition.js';

describe('a partition', () => {
  it('is named after its day', () => {
    expect(partitionName('2026-02-03')).toBe('analytics_events_p20260203');
    expect(partitionDay('analytics_events_p20260203')).toBe('2026-02-03');
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-2-3',
    '20260203',
    '',
    "2026-02-03'; DROP TABLE x --",
    '2026-02-03T00:00:00Z',
  ])('has no name for %j, which is no day', (day) => expect(() => partitionName(day)).toThrow(RangeError));

  it.each(['analytics_events', 'analytics_events_p2026', 'analytics_events_p20260230', 'rejected_events_p20260203'])(
    'is not the table %s',
    (name) => expect(partitionDay(name)).toBeUndefined(),
  );

  it('ends where the next day begins, over months, years and leap days', () => {
    expect(dayAfter('2026-12-31')).toBe('2027-01-01');
    expect(dayAfter('2024-02-28')).toBe('2024-02-29');
    expect(dayAfter('2026-11-22', 8)).toBe('2026-11-30');
  });

  it('holds instants by their UTC day', () => {
    expect(utcDayOf(new Date('2026-11-22T23:59:59.999Z'))).toBe('2026-11-22');
    expect(utcDayOf(new Date('2026-11-23T00:30:00+01:00'))).toBe('2026-11-22');
  });
});
