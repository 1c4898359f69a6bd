import { CircuitBreaker } from './circuit-breaker.js';

function failedThrice(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let time = 0; time < 3; time++) breaker.failed(0);
  return breaker;
}

it('lets everybody ask until three in a row have failed', () => {
  const breaker = new CircuitBreaker();
  breaker.failed(0);
  breaker.failed(0);
  breaker.succeeded();
  breaker.failed(0);
  breaker.failed(0);
  expect(breaker.admits(0)).toBe(true);
  breaker.failed(0);
  expect(breaker.admits(0)).toBe(false);
});

it('lets one try after the pause, and everybody after that one succeeded', () => {
  const breaker = failedThrice();
  expect(breaker.admits(1_999)).toBe(false);
  expect(breaker.admits(2_000)).toBe(true);
  expect(breaker.admits(2_000)).toBe(false);
  breaker.succeeded();
  expect(breaker.admits(2_000)).toBe(true);
});

it('doubles the pause with every further failure, up to half a minute', () => {
  const breaker = failedThrice();
  const pauses: number[] = [];
  let now = 2_000;
  for (let time = 0; time < 6; time++) {
    breaker.failed(now);
    const failedAt = now;
    while (!breaker.admits(now)) now += 1_000;
    pauses.push(now - failedAt);
  }
  expect(pauses).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});
