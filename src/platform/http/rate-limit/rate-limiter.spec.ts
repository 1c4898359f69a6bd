import { RateLimiter } from './rate-limiter.js';

it('lets a minute’s requests through at once, and then one per share of the minute', () => {
  const limiter = new RateLimiter(60);
  for (let i = 1; i <= 60; i++) expect(limiter.take('ann', 0)).toEqual({ waitMs: 0, untilFullMs: i * 1000 });
  expect(limiter.take('ann', 0)).toEqual({ waitMs: 1000, untilFullMs: 60_000 });
  expect(limiter.take('ann', 999).waitMs).toBeCloseTo(1);
  expect(limiter.take('ann', 1000).waitMs).toBe(0);
  expect(limiter.take('ann', 1000).waitMs).toBe(1000);
});

it('gives the whole minute for limits that do not divide it', () => {
  const limiter = new RateLimiter(1199);
  for (let i = 0; i < 1199; i++) expect(limiter.take('ann', 5).waitMs).toBe(0);
  expect(limiter.take('ann', 5).waitMs).toBeGreaterThan(0);
});

it('does not count one user’s requests for another', () => {
  const limiter = new RateLimiter(1);
  expect(limiter.take('ann', 0).waitMs).toBe(0);
  expect(limiter.take('bob', 0).waitMs).toBe(0);
  expect(limiter.take('ann', 0).waitMs).toBe(60_000);
});

it('refuses without pushing the end of the wait further away', () => {
  const limiter = new RateLimiter(1);
  limiter.take('ann', 0);
  for (let i = 0; i < 10; i++) limiter.take('ann', 30_000);
  expect(limiter.take('ann', 60_000).waitMs).toBe(0);
});

it('lets a user through again within a minute after a clock that was ahead is put right', () => {
  const limiter = new RateLimiter(60);
  const ahead = 40 * 86_400_000;
  for (let i = 0; i < 60; i++) limiter.take('ann', ahead);
  expect(limiter.take('ann', 0).waitMs).toBeLessThanOrEqual(1000);
  expect(limiter.take('ann', 1000).waitMs).toBe(0);
});
