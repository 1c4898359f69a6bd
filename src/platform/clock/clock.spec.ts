import { SystemClock } from './clock.js';

it('tells the time of this machine', () => {
  const before = Date.now();
  expect(new SystemClock().now().getTime()).toBeGreaterThanOrEqual(before);
});
