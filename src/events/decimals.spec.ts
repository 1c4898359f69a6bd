import fc from 'fast-check';
import { roundHalfEven } from './decimals.js';

it.each([
  [27.499999999999996, 6, 27.5],
  [0.1 + 0.2, 6, 0.3],
  [1.1 + 2.2, 6, 3.3],
  [0.0016150000000000001, 12, 0.001615],
  [7.5e-6, 6, 0.000008],
  [7.5e-6, 12, 0.0000075],
  [6.5e-6, 6, 0.000006],
  [5e-7, 6, 0],
  [1.5e-6, 6, 0.000002],
  [-1.5e-6, 6, -0.000002],
  [-2.5e-6, 6, -0.000002],
  [5e-13, 12, 0],
  [1.5e-12, 12, 2e-12],
  [1e-300, 6, 0],
  [1 / 3, 6, 0.333333],
  [2 / 3, 12, 0.666666666667],
  [Number('123456789012.3456789'), 6, Number('123456789012.34568')],
  [Number('1234567890.1234565'), 6, 1_234_567_890.123456],
  [999_999_999_999_999, 6, 999_999_999_999_999],
  [1e21, 6, 1e21],
])('%d at %i decimals is %d', (value, decimals, rounded) => {
  expect(roundHalfEven(value, decimals)).toBeCloseTo(rounded, 15);
  expect(roundHalfEven(value, decimals) === rounded).toBe(true);
});

it('leaves a number alone that has no more decimals than are kept', () => {
  const digits = fc.tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }));
  fc.assert(
    fc.property(digits, ([whole, micros]) => {
      const value = Number(`${whole}.${String(micros).padStart(6, '0')}`);
      return roundHalfEven(value, 6) === value && roundHalfEven(-value, 6) === -value;
    }),
  );
});

it('rounds as whole numbers do that hold every digit', () => {
  // The reference writes the shortest text as digits and an exponent, and divides integers without loss.
  const reference = (value: number, decimals: number): number => {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    const digits = BigInt(whole + fraction);
    const surplus = fraction.length - Number(exponent) - decimals;
    if (surplus <= 0) return value;
    const unit = 10n ** BigInt(surplus);
    const twice = (digits % unit) * 2n;
    const down = digits / unit;
    const up = twice > unit || (twice === unit && down % 2n === 1n);
    return Number(`${up ? down + 1n : down}e-${decimals}`);
  };
  const amount = fc.oneof(
    fc.double({ min: 0, max: 1e15, noNaN: true }),
    fc.double({ min: 0, max: 1e-3, noNaN: true }),
    // Halves of the last decimal that is kept.
    fc.integer({ min: 0, max: 999_999_999 }).map((half) => Number(`${half}5e-7`)),
  );
  fc.assert(
    fc.property(amount, fc.constantFrom(6, 12), (value, decimals) => {
      expect(roundHalfEven(value, decimals)).toBe(reference(value, decimals) + 0);
    }),
    { numRuns: 2_000 },
  );
});
