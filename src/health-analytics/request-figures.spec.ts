import { LatencyHistogram, type WindowGroup } from '../prometheus/index.js';
import { figuresOfGroups } from './request-figures.js';

function group(fields: Partial<WindowGroup> = {}): WindowGroup {
  const histogram = LatencyHistogram.of([
    [0.1, 6],
    [Infinity, 10],
  ]);
  const kind = { method: 'GET', route: '/t', statusCode: '200' };
  return { ...kind, count: 10, sumSeconds: 2, perSecond: 1, histogram, ...fields };
}

describe('figures of counters', () => {
  it('have the mean where every sum is known, and the longest never', () => {
    const { latencyMs } = figuresOfGroups([group(), group({ statusCode: '500', sumSeconds: 4 })]);
    expect([latencyMs.avg, latencyMs.max]).toEqual([300, null]);
  });

  it('have no mean, rather than 0, where the sum of a part is not known; the rest is as ever', () => {
    const figures = figuresOfGroups([group(), group({ statusCode: '500', sumSeconds: null })]);
    expect(figures).toMatchObject({ count: 20, errorRate: 0.5, latencyMs: { avg: null } });
    // 12 of 20 up to 0.1 s: the 10th is 10/12 of the way.
    expect(figures.latencyMs.p50).toBeCloseTo((100 * 10) / 12, 9);
    expect(figuresOfGroups([group({ sumSeconds: null })]).latencyMs.avg).toBeNull();
  });
});
