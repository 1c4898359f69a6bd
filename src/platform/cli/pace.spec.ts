import { Pace } from './pace.js';

it('knows no time left before anything has moved', () => {
  const pace = new Pace(100, { done: 0, count: 0 }, 0);
  pace.observe({ done: 0, count: 0 }, 1_000);
  expect(pace.read()).toEqual({ perSecond: 0, secondsLeft: undefined });
});

it('tells things per second and the time left from the share that is done', () => {
  const pace = new Pace(1_000, { done: 0, count: 0 }, 0);
  pace.observe({ done: 250, count: 50 }, 5_000);
  expect(pace.read()).toEqual({ perSecond: 10, secondsLeft: 15 });
});

it('starts from where an interrupted run stood', () => {
  const pace = new Pace(1_000, { done: 900, count: 0 }, 0);
  pace.observe({ done: 950, count: 100 }, 1_000);
  expect(pace.read()).toEqual({ perSecond: 100, secondsLeft: 1 });
});

it('follows a pace that has changed and forgets the old one', () => {
  const pace = new Pace(100_000, { done: 0, count: 0 }, 0);
  let done = 0;
  for (let tick = 1; tick <= 900; tick += 1) {
    done += tick <= 600 ? 100 : 1;
    pace.observe({ done, count: done }, tick * 100);
  }
  expect(pace.read().perSecond).toBeCloseTo(10, 0);
});
