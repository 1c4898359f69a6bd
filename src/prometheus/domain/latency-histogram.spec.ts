import fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.js';

const of = (buckets: Record<number, number>, total?: number) =>
  LatencyHistogram.of(
    Object.entries(buckets).map(([bound, count]) => [Number(bound), count]),
    total,
  );

it('interpolates within the bucket, as Prometheus does', () => {
  // 10 up to 0.1, 20 more up to 0.5, 10 more up to 1: the median is the 20th, half way through the second bucket.
  const histogram = of({ 0.1: 10, 0.5: 30, 1: 40 }, 40);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.1 + 0.4 * 0.5, 12);
  expect(histogram.quantile(0.25)).toBeCloseTo(0.1, 12);
  expect(histogram.quantile(0.95)).toBeCloseTo(0.5 + 0.5 * 0.8, 12);
});

it('says the last bound for what is beyond it, and nothing of nothing', () => {
  expect(of({ 0.1: 1 }, 10).quantile(0.95)).toBe(0.1);
  expect(of({}, 10).quantile(0.5)).toBeNull();
  expect(LatencyHistogram.EMPTY.quantile(0.5)).toBeNull();
  expect(of({ 0.1: 0 }, 0).quantile(0.5)).toBeNull();
});

it('adds up targets whose buckets differ: the counts at bounds that both have are exact', () => {
  const sum = of({ 0.1: 10, 1: 20 }, 20).plus(of({ 0.5: 10, 1: 10 }, 12));
  expect(sum.count).toBe(32);
  // Up to 1 s: 20 and 10 of 32.
  expect(sum.quantile(30 / 32)).toBeCloseTo(1, 12);
});

it('sees that a counter began anew, or has other buckets', () => {
  const earlier = of({ 0.1: 10, 1: 20 }, 20);
  expect(of({ 0.1: 12, 1: 25 }, 26).since(earlier)?.count).toBe(6);
  expect(of({ 0.1: 1, 1: 2 }, 30).since(earlier)).toBeUndefined();
  expect(of({ 0.2: 12, 1: 25 }, 26).since(earlier)).toBeUndefined();
});

it('keeps every observation between its bucket’s bounds, whatever was added in whatever order', () => {
  const observations = fc.array(fc.double({ min: 0.0001, max: 3, noNaN: true }), { minLength: 1, maxLength: 60 });
  const bounds = fc.constantFrom([0.1, 0.5, 1, 5], [0.05, 0.5, 2, 5]);
  const built = fc.tuple(observations, bounds).map(([values, limits]) => ({
    values,
    histogram: LatencyHistogram.of(
      limits.map((limit) => [limit, values.filter((value) => value <= limit).length] as const),
      values.length,
    ),
  }));
  fc.assert(
    fc.property(built, built, (left, right) => {
      const sum = left.histogram.plus(right.histogram);
      expect(sum.count).toBe(left.values.length + right.values.length);
      expect(right.histogram.plus(left.histogram).quantile(0.9)).toEqual(sum.quantile(0.9));
      // The bucket of the whole that holds the quantile lies within buckets of 5 s at most.
      const quantile = sum.quantile(0.9)!;
      const sorted = [...left.values, ...right.values].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(0.9 * sorted.length) - 1]!;
      const widest = [0, 0.05, 0.1, 0.5, 1, 2, 5];
      const bucketOf = (value: number) => widest.findIndex((bound) => value <= bound);
      expect(Math.abs(bucketOf(quantile) - bucketOf(exact))).toBeLessThanOrEqual(2);
    }),
  );
});
