import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DISTINCT_ERROR, DistinctSketch } from './distinct-sketch.js';

function hashOf(text: string): Buffer {
  return createHash('md5').update(text).digest().subarray(0, 8);
}

function sketchOf(from: number, to: number, name = 'session'): DistinctSketch {
  const sketch = new DistinctSketch();
  for (let index = from; index < to; index++) sketch.addHash(hashOf(`${name}-${index}`));
  return sketch;
}

describe('DistinctSketch', () => {
  it('is exact up to 1,000 values', () => {
    const sketch = sketchOf(0, 1_000);
    sketch.merge(sketchOf(0, 1_000));
    expect(sketch.estimate()).toBe(1_000);
    expect(sketch.exact).toBe(true);
  });

  it.each([1_001, 5_000, 16_384, 60_000, 250_000])('estimates %d values within four standard errors', (size) => {
    const sketch = sketchOf(0, size);
    expect(sketch.exact).toBe(false);
    expect(Math.abs(sketch.estimate() - size) / size).toBeLessThan(4 * DISTINCT_ERROR);
  });

  it('merges to the same sketch in whatever order and form', () => {
    const size = fc.integer({ min: 0, max: 1_500 });
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const parts = [sketchOf(0, a), sketchOf(a >> 1, a + b), sketchOf(b, b + c)];
        const forward = new DistinctSketch();
        parts.forEach((part) => forward.merge(part));
        const backward = new DistinctSketch();
        [...parts].reverse().forEach((part) => backward.addBytes(part.toBytes()));
        expect(backward.toBytes()).toEqual(forward.toBytes());
      }),
      { numRuns: 30 },
    );
  });
});
