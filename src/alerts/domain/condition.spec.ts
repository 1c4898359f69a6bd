import { furthest, isBreached, measure, type ConditionRule, type Observation } from './condition.js';
import { instanceOf, MAX_INSTANCES, outcomesOf } from './instances.js';
import { NORMAL } from './instance-state.js';
import { MAX_Z, robustZ } from './robust-z.js';

const rule = (overrides: Partial<ConditionRule>): ConditionRule => ({
  condition: 'threshold_above',
  threshold: 1,
  recoveryThreshold: null,
  minSamples: 0,
  ...overrides,
});
const figure = (value: number | null, samples = 1) => ({ value, samples });
const seen = (current: number | null, rest: Partial<Observation> = {}): Observation => ({
  current: figure(current),
  ...rest,
});

describe('a threshold', () => {
  it('is compared with the metric itself', () => expect(measure(rule({}), seen(7))).toBe(7));
  it('has no data while too few events stand behind the value', () => {
    expect(measure(rule({ minSamples: 5 }), { current: figure(0.5, 4) })).toBeNull();
    expect(measure(rule({ minSamples: 5 }), { current: figure(0.5, 5) })).toBe(0.5);
  });
});

describe('a rate of change', () => {
  const change = rule({ condition: 'rate_of_change', threshold: -0.5, minSamples: 10 });
  it('is the fraction by which a window differs from the one before', () => {
    expect(measure(change, seen(30, { baseline: figure(40, 40) }))).toBe(-0.25);
    expect(measure(change, seen(60, { baseline: figure(40, 40) }))).toBe(0.5);
  });
  it('asks for samples of the window before only, so that a fall to nothing is seen', () => {
    expect(measure(change, { current: figure(0, 0), baseline: figure(40, 40) })).toBe(-1);
    expect(measure(change, seen(0, { baseline: figure(9, 9) }))).toBeNull();
  });
  it('has no data against nothing, or against zero', () => {
    expect(measure(change, seen(5, { baseline: figure(0, 50) }))).toBeNull();
    expect(measure(change, seen(5, { baseline: figure(null, 50) }))).toBeNull();
    expect(measure(change, seen(null, { baseline: figure(5, 50) }))).toBeNull();
  });
  it('falls when it falls, also from below zero', () => {
    expect(measure(change, seen(-20, { baseline: figure(-10, 50) }))).toBe(-1);
  });
});

describe('an anomaly', () => {
  const anomaly = rule({ condition: 'anomaly', threshold: 3 });
  it('is the distance from the median in robust standard deviations', () => {
    const z = measure(anomaly, seen(20, { history: [8, 9, 10, 10, 11, 12, 10, 9] }));
    expect(z).toBeCloseTo((20 - 10) / (1.4826 * 1));
    expect(isBreached(anomaly, z ?? 0)).toBe(true);
  });
  it('has no data where too little is known, rather than guess', () => {
    expect(measure(anomaly, seen(100, { history: [] }))).toBeNull();
    expect(measure(anomaly, seen(100))).toBeNull();
  });
  it('takes one percent of the median as the least deviation', () => {
    expect(robustZ(110, Array(7).fill(100))).toBeCloseTo(10 / 1.4826);
    expect(robustZ(100, Array(7).fill(100))).toBe(0);
    expect(robustZ(20, [10, 10, 10, 10, 10, 10, 17])).toBeCloseTo(10 / (1.4826 * 0.1));
    expect(robustZ(110, [99.5, 100, 100, 100.5, 100, 99.5, 100.5])).toBeCloseTo(10 / 1.4826);
  });
  it('takes the mean deviation where more than half of the past is 0', () => {
    expect(robustZ(4, [0, 0, 0, 0, 0, 0, 7])).toBeCloseTo(4 / (Math.sqrt(Math.PI / 2) * 1));
  });
  it('is as far away as it gets from a past of nothing but zeros', () => {
    expect(robustZ(1, Array(7).fill(0))).toBe(MAX_Z);
    expect(robustZ(-1, Array(7).fill(0))).toBe(-MAX_Z);
  });
  it('remembers the worse of two distances, whichever side', () => {
    expect(furthest(anomaly, 4, -5)).toBe(-5);
    expect(furthest(rule({ condition: 'threshold_below' }), 4, -5)).toBe(-5);
    expect(furthest(rule({}), 4, null)).toBe(4);
  });
});

describe('the instances of a rule', () => {
  const grouped = { ...rule({}), groupBy: 'service', noData: 'ok' as const };
  const known = new Map([[instanceOf('pay'), { group: 'pay', state: NORMAL }]]);
  it('are those that were read, and those that are known and are gone', () => {
    const { outcomes } = outcomesOf(grouped, [{ group: 'shop', observation: seen(3) }], known);
    expect(outcomes).toEqual([
      { instance: '=shop', group: 'shop', outcome: { kind: 'value', value: 3 } },
      { instance: '=pay', group: 'pay', outcome: { kind: 'gone' } },
    ]);
  });
  it('are one without a group while there has never been one, or nothing could be read', () => {
    expect(outcomesOf(grouped, [], new Map()).outcomes).toEqual([]);
    expect(outcomesOf(grouped, [{ group: null, observation: seen(0) }], new Map()).outcomes).toEqual([
      { instance: '', group: null, outcome: { kind: 'no_data' } },
    ]);
    expect(outcomesOf(grouped, null, new Map()).outcomes).toEqual([
      { instance: '', group: null, outcome: { kind: 'error' } },
    ]);
  });
  it('follow no_data while they are silent, and are gone at once where that is ok', () => {
    const silent = { group: 'pay', observation: { current: figure(null, 0) }, isSilent: true };
    const outcomeWith = (noData: 'ok' | 'keep' | 'alert') =>
      outcomesOf({ ...grouped, noData }, [silent], known).outcomes.map(({ outcome }) => outcome.kind);
    expect([outcomeWith('ok'), outcomeWith('keep'), outcomeWith('alert')]).toEqual([
      ['gone'],
      ['no_data'],
      ['no_data'],
    ]);
  });
  it('are at most a thousand: those with data come before silent ones', () => {
    const many = Array.from({ length: MAX_INSTANCES + 1 }, (_, index) => ({
      group: `a${String(index).padStart(4, '0')}`,
      observation: seen(1),
      isSilent: index < 2,
    }));
    expect(outcomesOf(grouped, many, new Map()).leftOut).toEqual(['a0001']);
  });
  it('are at most a thousand: what is known stays, and the rest is named', () => {
    const many = Array.from({ length: MAX_INSTANCES + 1 }, (_, index) => ({
      group: index === MAX_INSTANCES ? 'pay' : `a${String(index).padStart(4, '0')}`,
      observation: seen(1),
    }));
    const { outcomes, leftOut } = outcomesOf(grouped, many, known);
    expect(outcomes).toHaveLength(MAX_INSTANCES);
    expect(outcomes[0]?.group).toBe('pay');
    expect(leftOut).toEqual(['a0999']);
  });
});
