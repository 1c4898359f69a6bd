import { availabilityOf } from './availability.js';

const minute = (requests: number, errorRate: number | null) => ({ seconds: 60, requests, errorRate });

it('weighs by time, not by requests: a bad minute is a bad minute however few came', () => {
  expect(availabilityOf([minute(1_000, 0), minute(2, 0.5)])).toEqual({ availability: 0.75, coverage: 1 });
});

it('covers only what was observed', () => {
  expect(availabilityOf([minute(10, 0), minute(0, null), { seconds: 30, requests: 0, errorRate: null }])).toEqual({
    availability: 1,
    coverage: 60 / 150,
  });
});

it('is unknown when nothing was observed', () => {
  expect(availabilityOf([minute(0, null)])).toEqual({ availability: null, coverage: 0 });
  expect(availabilityOf([])).toEqual({ availability: null, coverage: 0 });
});
