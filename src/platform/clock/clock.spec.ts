import { CLOCK_TOLERANCE_MS, isInFuture, SystemClock } from './clock.js';

it('tells the time of this machine', () => {
  const before = Date.now();
  expect(new SystemClock().now().getTime()).toBeGreaterThanOrEqual(before);
});

it('runs on from a reading that it follows, whatever the machine says meanwhile', () => {
  jest.useFakeTimers({ now: new Date('2026-11-22T10:00:00Z') });
  try {
    const clock = new SystemClock();
    clock.follow({ at: Date.parse('2026-11-22T09:55:00Z'), monotonicMs: performance.now() });
    expect(clock.now()).toEqual(new Date('2026-11-22T09:55:00Z'));
    jest.advanceTimersByTime(1_500);
    jest.setSystemTime(new Date('2027-01-01T00:00:00Z'));
    expect(clock.now()).toEqual(new Date('2026-11-22T09:55:01.500Z'));
  } finally {
    jest.useRealTimers();
  }
});

it('takes an instant for one of the future beyond the tolerance only', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  expect(isInFuture(new Date(now.getTime() + CLOCK_TOLERANCE_MS), now)).toBe(false);
  expect(isInFuture(new Date(now.getTime() + CLOCK_TOLERANCE_MS + 1), now)).toBe(true);
});
