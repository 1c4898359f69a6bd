import {
  FALLBACK_AFTER_MS,
  MAX_RETRY_AFTER_MS,
  nextAttemptAt,
  nextFallbackAt,
  retryAfterMs,
  type FailedAttempt,
} from './retry-policy.js';

const START = new Date('2026-01-10T12:00:00.000Z');
const HOUR_MS = 3_600_000;

/** Milliseconds after the first attempt at which each attempt is made, when every one of them is refused at once. */
function attemptsOf(refusal: Partial<FailedAttempt> = {}, random = 0): number[] {
  const madeAt = [0];
  for (let attempt = 1; attempt < 1_000; attempt += 1) {
    const now = new Date(START.getTime() + madeAt.at(-1)!);
    const next = nextAttemptAt({ attempt, firstAttemptAt: START, ...refusal }, now, random);
    if (next === undefined) return madeAt;
    madeAt.push(next.getTime() - START.getTime());
  }
  throw new Error('It never ends.');
}

function pausesOf(madeAt: readonly number[]): number[] {
  return madeAt.slice(1).map((at, index) => at - madeAt[index]!);
}

it.each([0, 0.5, 1])(
  'tries again after a second, then at growing intervals of at most 5 minutes (jitter %s)',
  (random) => {
    const pauses = pausesOf(attemptsOf({}, random));
    expect(pauses[0]).toBe(1_000 * (1 + random / 4));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300_000);
  },
);

it.each([{}, { retryAfterMs: MAX_RETRY_AFTER_MS }, { mayHaveArrived: true }])('goes on for 4 hours: %j', (refusal) => {
  const madeAt = attemptsOf(refusal, 1);
  const last = madeAt.at(-1)!;
  expect(last).toBeLessThanOrEqual(4 * HOUR_MS);
  expect(last).toBeGreaterThan(4 * HOUR_MS - MAX_RETRY_AFTER_MS - 1);
});

it('makes seven attempts in the first 21 seconds, so that a short outage costs little', () => {
  expect(attemptsOf().filter((ms) => ms <= 21_000)).toHaveLength(7);
});

it('repeats what may have arrived less often', () => {
  const inTenMinutes = (refusal: Partial<FailedAttempt>): number =>
    attemptsOf(refusal).filter((ms) => ms <= 600_000).length;
  expect([inTenMinutes({}), inTenMinutes({ mayHaveArrived: true })]).toEqual([15, 7]);
});

it('never comes back before the provider wants it to, and after 15 minutes at the latest', () => {
  const afterFirst = (ms: number): number | undefined => pausesOf(attemptsOf({ retryAfterMs: ms }))[0];
  expect([0, 500, 7_000, 900_000, 1e12, Infinity].map(afterFirst)).toEqual([
    1_000, 1_000, 7_000, 900_000, 900_000, 900_000,
  ]);
});

it('sends a fallback for a critical notice within its 30 s, and for a warning at its 5 minutes', () => {
  expect(FALLBACK_AFTER_MS).toEqual({ critical: 20_000, warning: 300_000, info: 300_000 });
});

it.each<[string | undefined, number | undefined]>([
  ['2', 2_000],
  [' 1.5 ', 1_500],
  ['0', 0],
  ['-5', 0],
  ['1e9', MAX_RETRY_AFTER_MS],
  ['1e400', MAX_RETRY_AFTER_MS],
  ['Infinity', MAX_RETRY_AFTER_MS],
  ['Sat, 10 Jan 2026 12:00:30 GMT', 30_000],
  ['Sat, 10 Jan 2026 11:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', MAX_RETRY_AFTER_MS],
  ['soon', undefined],
  ['', undefined],
  ['NaN', undefined],
  [undefined, undefined],
])('reads a Retry-After of %j as %j ms', (header, ms) => {
  expect(retryAfterMs(header, START.getTime())).toBe(ms);
});

it('plans a fallback again after as long as the first attempt is ago, and at the latest after 5 minutes', () => {
  const secondsUntilNext = (secondsSinceFirst: number): number => {
    const now = new Date(START.getTime() + secondsSinceFirst * 1_000);
    return (nextFallbackAt(START, now).getTime() - now.getTime()) / 1_000;
  };
  expect([-5, 0, 20, 40, 299, 301, 14_400].map(secondsUntilNext)).toEqual([1, 1, 20, 40, 299, 300, 300]);
});
