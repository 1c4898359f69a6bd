import fc from 'fast-check';
import { valueTexts, type Measure } from './value-text.js';
import { durationText } from './duration-text.js';

const JOBS = { unit: 'count', noun: { one: 'job', other: 'jobs' } };
const money = (currency: string | null): Partial<Measure> => ({ unit: 'money', currency });

function write(value: number | null, measure: Partial<Measure>): string {
  return valueTexts({ unit: 'count', condition: 'threshold_above', threshold: -1e9, ...measure }).value(value);
}

function writeThreshold(threshold: number, measure: Partial<Measure>): string {
  return valueTexts({ unit: 'count', condition: 'threshold_above', threshold, ...measure }).threshold;
}

it.each<[string, number | null, Partial<Measure>]>([
  ['0 jobs', 0, JOBS],
  ['1 job', 1, JOBS],
  ['2 jobs', 2, JOBS],
  ['1,234 jobs', 1234, JOBS],
  ['12,345,678 jobs', 12_345_678, JOBS],
  ['12.5 jobs', 12.5, JOBS],
  ['12.3 jobs', 12.345, JOBS],
  ['0.125 jobs', 0.125, JOBS],
  ['1,000,000,000,000,000,000,000 jobs', 1e21, JOBS],

  ['USD 480.00', 480, money('USD')],
  ['CHF 1,234,567.89', 1_234_567.89, money('CHF')],
  ['CHF 1,234,567.50', 1_234_567.5, money('CHF')],
  ['USD 333.33', 1000 / 3, money('USD')],
  ['USD 1.01', 1.005, money('USD')],
  ['EUR -12.50', -12.5, money('EUR')],
  ['EUR 0.00', 0, money('EUR')],
  ['JPY 480', 480, money('JPY')],
  ['KWD 1.235', 1.2345, money('KWD')],
  ['HUF 1,000.50', 1000.5, money('HUF')],
  ['480.00 in each currency', 480, money(null)],

  ['USD 15.00', 15, { unit: 'usd' }],
  ['USD 1.23', 1.2345, { unit: 'usd' }],
  ['USD 0.50', 0.5, { unit: 'usd' }],
  ['USD 0.0567', 0.0567, { unit: 'usd' }],
  ['USD 0.000123', 0.000123, { unit: 'usd' }],
  ['USD 0.00', 0, { unit: 'usd' }],

  ['25.4 %', 0.254, { unit: 'ratio' }],
  ['25 %', 0.25, { unit: 'ratio' }],
  ['33.3 %', 1 / 3, { unit: 'ratio' }],
  ['7 %', 0.07, { unit: 'ratio' }],
  ['0.0412 %', 0.000412, { unit: 'ratio' }],
  ['99.96 %', 0.9996, { unit: 'ratio' }],
  ['100 %', 1, { unit: 'ratio' }],
  ['0 %', 0, { unit: 'ratio' }],

  ['0 ms', 0, { unit: 'ms' }],
  ['0.457 ms', 0.4567, { unit: 'ms' }],
  ['12.3 ms', 12.34, { unit: 'ms' }],
  ['850 ms', 850, { unit: 'ms' }],
  ['1 s', 999.7, { unit: 'ms' }],
  ['1.23 s', 1234, { unit: 'ms' }],
  ['12.3 s', 12_345, { unit: 'ms' }],
  ['1 min', 59_960, { unit: 'ms' }],
  ['1 min 30 s', 90_000, { unit: 'ms' }],
  ['2 h 5 min', 7_512_000, { unit: 'ms' }],
  ['45 s', 45, { unit: 'seconds' }],
  ['500 ms', 0.5, { unit: 'seconds' }],
  ['3 d 4 h', 3 * 86_400 + 4 * 3_600 + 12, { unit: 'seconds' }],
  ['2026-11-22 10:01:00 UTC', Date.UTC(2026, 10, 22, 10, 1) / 1_000, { unit: 'unix_seconds' }],
  ['10,000,000,000,000 s since 1970', 1e13, { unit: 'unix_seconds' }],

  ['+200 %', 2, { unit: 'ms', condition: 'rate_of_change' }],
  ['-60 %', -0.6, { ...money('USD'), condition: 'rate_of_change' }],
  ['+33.3 %', 1 / 3, { ...JOBS, condition: 'rate_of_change' }],
  ['+1,234.5 %', 12.345, { ...JOBS, condition: 'rate_of_change' }],
  ['0 %', 0, { ...JOBS, condition: 'rate_of_change' }],
  ['-100 %', -1, { unit: 'unix_seconds', condition: 'rate_of_change' }],

  ['22.3 deviations below usual', -22.3, { unit: 'ms', condition: 'anomaly', threshold: 5 }],
  ['6.2 deviations above usual', 6.2, { ...money('USD'), condition: 'anomaly', threshold: 5 }],
  ['1 deviation above usual', 1, { unit: 'ms', condition: 'anomaly', threshold: 5 }],
  ['as usual', 0, { unit: 'ms', condition: 'anomaly', threshold: 5 }],

  ['no data', null, money('USD')],
  ['no data', null, { unit: 'ms', condition: 'rate_of_change' }],
  ['no data', null, { unit: 'ms', condition: 'anomaly', threshold: 5 }],
  // A metric that the catalogue no longer has, and notices that earlier versions stored.
  ['1,234.5', 1234.5, { unit: '' }],
  ['1,234.50', 1234.5, { unit: 'money' }],
])('writes %s for %p', (text, value, measure) => {
  expect(write(value, measure)).toBe(text);
});

it.each<[string, number, Partial<Measure>]>([
  ['CHF 1,234,567.50', 1_234_567.5, money('CHF')],
  ['USD 0.005', 0.005, money('USD')],
  ['5.125 %', 0.05125, { unit: 'ratio' }],
  ['1.2345 s', 1234.5, { unit: 'ms' }],
  ['1 h 1 min 1 s', 3_661, { unit: 'seconds' }],
  ['USD 0.123456', 0.123456, { unit: 'usd' }],
  ['+100 %', 1, { unit: 'ms', condition: 'rate_of_change' }],
  ['-50 %', -0.5, { unit: 'ms', condition: 'rate_of_change' }],
  ['5 deviations', 5, { unit: 'ms', condition: 'anomaly' }],
  ['1 deviation', 1, { unit: 'ms', condition: 'anomaly' }],
])('writes the threshold %s in full', (text, threshold, measure) => {
  expect(writeThreshold(threshold, measure)).toBe(text);
});

describe('a value beside its threshold', () => {
  it.each<[string, number, number, Partial<Measure>]>([
    ['25.401 %', 0.25401, 0.254, { unit: 'ratio' }],
    // Rounded to 25.4 % it would read as below.
    ['25.44 %', 0.2544, 0.2542, { unit: 'ratio' }],
    ['USD 480.004', 480.004, 480, money('USD')],
    ['USD 0.003', 0.003, 0, money('USD')],
    ['1 h 1 min 1 s', 3_661, 3_660, { unit: 'seconds' }],
    ['1,234 jobs', 1234, 1233, JOBS],
    ['+0.04 %', 0.0004, 0.0001, { ...JOBS, condition: 'rate_of_change' }],
    ['5.01 deviations below usual', -5.01, 5, { unit: 'ms', condition: 'anomaly' }],
    ['5.123456 %', 0.05123456, 0.05123456, { unit: 'ratio' }],
  ])('reads %s, so that it stands on its own side', (text, value, threshold, measure) => {
    expect(write(value, { ...measure, threshold })).toBe(text);
  });
});

it.each([
  ['0 s', 0],
  ['45 s', 45],
  ['1 min 30 s', 90],
  ['5 min', 300],
  ['2 h 5 min', 7_512],
  ['1 d', 86_400],
])('writes the duration %s', (text, seconds) => {
  expect(durationText(seconds)).toBe(text);
});

it('never reads like the threshold unless it is equal to it, in any unit', () => {
  const measures: Partial<Measure>[] = [
    ...[JOBS, money('USD'), money('JPY'), { unit: 'usd' }, { unit: 'ratio' }, { unit: 'ms' }, { unit: 'seconds' }],
    ...[{ unit: 'ms', condition: 'rate_of_change' }],
  ];
  const numbers = fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true });
  const pairs = fc.tuple(numbers, fc.oneof(numbers, fc.constantFrom(0, 1e-9, 1e-6, 1e-3)));
  fc.assert(
    fc.property(fc.constantFrom(...measures), pairs, (measure, [threshold, distance]) => {
      const value = threshold + distance;
      const [text, limit] = [write(value, { ...measure, threshold }), writeThreshold(threshold, measure)];
      expect([value, threshold, text === limit]).toEqual([value, threshold, value === threshold]);
    }),
  );
});
