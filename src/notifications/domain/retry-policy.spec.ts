import { MAX_ATTEMPTS, pauseAfter } from './retry-policy.js';

const attempts = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => index + 1);

it('doubles the pauses, and gives up after six attempts', () => {
  expect(attempts.map((attempt) => pauseAfter({ severity: 'warning', attempt }, 1))).toEqual([
    2_000, 4_000, 8_000, 16_000, 32_000,
  ]);
  expect(pauseAfter({ severity: 'warning', attempt: 6 }, 1)).toBeUndefined();
});

it('leaves a fallback of a critical notice half of its 30 s', () => {
  const longest = attempts.reduce((sum, attempt) => sum + pauseAfter({ severity: 'critical', attempt }, 1)!, 0);
  expect(longest).toBeLessThanOrEqual(15_500);
});

it('spreads what failed together', () => {
  expect(pauseAfter({ severity: 'critical', attempt: 1 }, 0)).toBe(250);
  expect(pauseAfter({ severity: 'critical', attempt: 1 }, 1)).toBe(500);
});

it('never comes back before the provider wants it to, and not at all after five minutes', () => {
  expect(pauseAfter({ severity: 'critical', attempt: 1, afterMs: 7_000 }, 1)).toBe(7_000);
  expect(pauseAfter({ severity: 'critical', attempt: 5, afterMs: 1_000 }, 1)).toBe(8_000);
  expect(pauseAfter({ severity: 'critical', attempt: 1, afterMs: 300_001 }, 1)).toBeUndefined();
});

it('tries three times where each may have arrived', () => {
  expect(pauseAfter({ severity: 'info', attempt: 2, mayHaveArrived: true }, 1)).toBe(4_000);
  expect(pauseAfter({ severity: 'info', attempt: 3, mayHaveArrived: true }, 1)).toBeUndefined();
});
