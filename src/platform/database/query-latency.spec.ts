import { QueryLatency } from './query-latency.js';

let now = 0;
let latency: QueryLatency;

beforeEach(() => {
  now = 0;
  latency = new QueryLatency(() => now);
});

/** Independent of buckets: the ⌈q·n⌉-th smallest. */
function nearestRank(values: readonly number[], q: number): number {
  return [...values].sort((left, right) => left - right)[Math.ceil(q * values.length) - 1]!;
}

it('says nothing of no statement', () => {
  expect(latency.percentiles()).toEqual({ p50: null, p95: null, p99: null });
});

it('is within 5 % of the nearest rank, from a tenth of a millisecond to ten seconds', () => {
  const values = Array.from({ length: 2_000 }, (_, i) => 0.1 * 1.0058 ** i);
  values.forEach((ms) => latency.observe('analytics', ms));
  const { p50, p95, p99 } = latency.percentiles();
  for (const [q, value] of [
    [0.5, p50],
    [0.95, p95],
    [0.99, p99],
  ] as const) {
    const exact = nearestRank(values, q);
    expect(Math.abs(value! - exact) / exact).toBeLessThan(0.05);
  }
});

it('forgets after five minutes', () => {
  latency.observe('analytics', 1_000);
  now += 200_000;
  latency.observe('analytics', 1);
  now += 120_000;
  expect(latency.percentiles().p99).toBeLessThan(1.1);
  now += 200_000;
  expect(latency.percentiles().p99).toBeNull();
});

it('leaves jobs out, yet tells listeners of them', () => {
  const heard: string[] = [];
  const end = latency.listen((pool, ms) => heard.push(`${pool} ${ms}`));
  latency.observe('analytics jobs', 60_000);
  end();
  latency.observe('analytics', 1);
  expect(heard).toEqual(['analytics jobs 60000']);
  expect(latency.percentiles().p99).toBeLessThan(1.1);
});

it('observes statements that answer by promise or by callback, failed ones too', async () => {
  const failing = Promise.reject(new Error('no'));
  latency.time('analytics', failing);
  now += 100;
  await failing.catch(() => undefined);
  const [text, callback] = latency.timed('analytics', ['SELECT 1', (...results: unknown[]) => results.length]);
  now += 100;
  expect(text).toBe('SELECT 1');
  expect((callback as (...results: unknown[]) => number)(null, {})).toBe(2);
  const { p50, p99 } = latency.percentiles();
  expect(p50).toBeGreaterThan(95);
  expect(p99).toBeLessThan(105);
});
