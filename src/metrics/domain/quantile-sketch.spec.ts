import fc from 'fast-check';
import { QuantileSketch } from './quantile-sketch.js';

const durations = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true })), {
  minLength: 1,
  maxLength: 300,
});
const quantile = fc.constantFrom(0.01, 0.07, 0.5, 0.95, 0.99, 1);

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  values.forEach((value) => sketch.add(value));
  return sketch;
}

function nearestRank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(1, Math.ceil(q * values.length - 1e-9)) - 1] ?? NaN;
}

describe('QuantileSketch', () => {
  it('answers every quantile within 1 % of the nearest-rank value', () => {
    fc.assert(
      fc.property(durations, quantile, (values, q) => {
        const exact = nearestRank(values, q);
        const answer = sketchOf(values).quantile(q) ?? NaN;
        expect(Math.abs(answer - exact)).toBeLessThanOrEqual(exact * 0.01);
      }),
    );
  });

  it('merges to the same sketch in whatever order, and loses nothing', () => {
    fc.assert(
      fc.property(durations, durations, durations, (a, b, c) => {
        const whole = sketchOf([...a, ...b, ...c]);
        const left = sketchOf(a);
        left.merge(sketchOf(b));
        left.merge(sketchOf(c));
        const right = sketchOf(c);
        right.addBytes(sketchOf(b).toBytes());
        right.addBytes(sketchOf(a).toBytes());
        expect(left.toBytes()).toEqual(whole.toBytes());
        expect(right.toBytes()).toEqual(whole.toBytes());
        expect(whole.count).toBe(a.length + b.length + c.length);
      }),
    );
  });

  it('keeps exact zeros as zeros', () => {
    expect(sketchOf([0, 0, 0, 250]).quantile(0.5)).toBe(0);
  });

  it('has no quantile of nothing', () => {
    expect(new QuantileSketch().quantile(0.5)).toBeNull();
  });

  it('carries counts beyond 32 bits through its bytes', () => {
    const sketch = new QuantileSketch();
    sketch.add(12, 10_000_000_000);
    expect(QuantileSketch.fromBytes(sketch.toBytes()).count).toBe(10_000_000_000);
  });
});
