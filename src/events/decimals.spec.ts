import fc from 'fast-check';
import { hasExactDecimals } from './decimals.js';

it.each([0, -0, 1, 0.1, 0.000001, 19.99, -19.99, 999_999_999.999999, 123_456_789_012.25, 999_999_999_999_999])(
  '%d is kept exactly',
  (value) => {
    expect(hasExactDecimals(value, 6)).toBe(true);
  },
);

it.each([0.0000001, 1.0000001, 0.1 + 0.2, 1 / 3, 1_234_567_890.123456, 12_345_678_901.12345, 1e21])(
  '%d is not',
  (value) => {
    expect(hasExactDecimals(value, 6)).toBe(false);
  },
);

it('takes every number of at most 15 digits, 6 of them decimals', () => {
  const digits = fc.tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }));
  fc.assert(
    fc.property(digits, ([whole, micros]) =>
      hasExactDecimals(Number(`${whole}.${String(micros).padStart(6, '0')}`), 6),
    ),
  );
});
