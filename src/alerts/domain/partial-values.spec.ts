import { advance, type MachineRule } from './advance.js';
import type { Bound } from './condition.js';
import { outcomesOf, type GroupObservation } from './instances.js';
import { NORMAL, type InstanceState, type Outcome } from './instance-state.js';

const RULE: MachineRule = {
  condition: 'threshold_above',
  threshold: 10,
  recoveryThreshold: null,
  minSamples: 0,
  forSeconds: 0,
  cooldownSeconds: 300,
  noData: 'ok',
  onError: 'keep',
};
const RULES = {
  above: RULE,
  below: { ...RULE, condition: 'threshold_below' },
  rise: { ...RULE, condition: 'rate_of_change' },
  fall: { ...RULE, condition: 'rate_of_change', threshold: -10 },
  anomaly: { ...RULE, condition: 'anomaly' },
} as const satisfies Record<string, MachineRule>;
const FIRING: InstanceState = {
  ...NORMAL,
  phase: 'firing',
  episode: { id: 'a', triggeredAt: 0, value: 50, peak: 50, acknowledged: false, muted: null, remindedAt: null },
};

const step = (rule: MachineRule, state: InstanceState, outcome: Outcome) =>
  advance(rule, state, outcome, 60_000, () => 'b');

/** Rule, what is missing, the value, what it does to a quiet instance, and to one that fires. */
type Case = [keyof typeof RULES, Bound, value: number, quiet: string, firing: string];

const CASES: Case[] = [
  ['above', 'at_least', 11, 'fired', 'updated'],
  ['above', 'at_least', 9, 'none', 'updated'],
  ['above', 'at_most', 11, 'none', 'updated'],
  ['above', 'at_most', 9, 'none', 'resolved'],
  ['above', 'estimate', 11, 'deferred', 'updated'],
  ['above', 'estimate', 9, 'none', 'updated'],
  ['below', 'at_least', 9, 'none', 'updated'],
  ['below', 'at_least', 11, 'none', 'resolved'],
  ['below', 'at_most', 9, 'fired', 'updated'],
  ['below', 'at_most', 11, 'none', 'updated'],
  ['below', 'estimate', 9, 'deferred', 'updated'],
  ['below', 'estimate', 11, 'none', 'updated'],
  ['rise', 'at_least', 11, 'fired', 'updated'],
  ['rise', 'at_least', 9, 'none', 'updated'],
  ['fall', 'at_least', -11, 'none', 'updated'],
  ['fall', 'at_least', -9, 'none', 'resolved'],
  ['fall', 'estimate', -11, 'deferred', 'updated'],
  ['anomaly', 'at_least', 11, 'deferred', 'updated'],
  ['anomaly', 'at_least', 9, 'none', 'updated'],
];

describe('a value of part of the events', () => {
  it.each(CASES)('%s, %s %d: %s when quiet, %s when firing', (name, bound, value, quiet, firing) => {
    const outcome = { kind: 'value', value, bound } as const;
    expect(step(RULES[name], NORMAL, outcome).change).toBe(quiet);
    expect(step(RULES[name], FIRING, outcome).change).toBe(firing);
  });

  it('is shown as partial in an episode, which it neither ends nor gives a peak', () => {
    const { state, change } = step(RULE, FIRING, { kind: 'value', value: 3, bound: 'at_least' });
    expect({ change, partial: state.partial, phase: state.phase }).toEqual({
      change: 'updated',
      partial: true,
      phase: 'firing',
    });
    expect(state.episode).toMatchObject({ value: 3, peak: 50 });
    const then = step(RULE, state, { kind: 'value', value: 30 });
    expect(then.state).toMatchObject({ partial: false, episode: { value: 30, peak: 50 } });
  });

  it('is no peak of a rule below either, which would be lower than any that there was', () => {
    const firing = { ...FIRING, episode: { ...FIRING.episode!, value: 8, peak: 7 } };
    expect(step(RULES.below, firing, { kind: 'value', value: 1, bound: 'at_least' }).state.episode?.peak).toBe(7);
  });

  it('that is an estimate fires one evaluation later at most, since when it was first seen', () => {
    const first = advance(RULE, NORMAL, { kind: 'value', value: 11, bound: 'estimate' }, 60_000, () => 'b');
    expect(first.state).toMatchObject({ phase: 'normal', partial: true, episode: null });
    const still = advance(RULE, first.state, { kind: 'value', value: 12, bound: 'estimate' }, 61_000, () => 'b');
    expect(still).toMatchObject({ change: 'fired', pendingSince: 60_000, state: { partial: true } });
    const known = advance(RULE, first.state, { kind: 'value', value: 12 }, 61_000, () => 'b');
    expect(known).toMatchObject({ change: 'fired', pendingSince: 60_000, state: { partial: false } });
    const wrong = advance(RULE, first.state, { kind: 'value', value: 9 }, 61_000, () => 'b');
    expect(wrong).toMatchObject({ change: 'calmed', state: { phase: 'normal', partial: false } });
  });

  it('that decides nothing leaves what is pending, or was resolved by hand, as it is', () => {
    const pending: InstanceState = { ...NORMAL, phase: 'pending', since: 5 };
    const held: InstanceState = { ...NORMAL, phase: 'held', since: 5, heldUntil: 100_000 };
    for (const state of [pending, held]) {
      expect(step(RULE, state, { kind: 'value', value: 9, bound: 'at_least' })).toEqual({ state, change: 'none' });
      expect(step(RULE, state, { kind: 'unknown' })).toEqual({ state, change: 'none' });
    }
  });
});

describe('no value, because events are missing', () => {
  it.each(['ok', 'keep', 'alert'] as const)('is not no data, whatever no_data says (%s)', (noData) => {
    expect(step({ ...RULE, noData }, NORMAL, { kind: 'unknown' }).change).toBe('none');
    const { state, change } = step({ ...RULE, noData }, FIRING, { kind: 'unknown' });
    expect({ change, ...state }).toMatchObject({ change: 'updated', partial: true, episode: { value: 50 } });
  });
});

describe('a read that lacks events', () => {
  const grouped = { ...RULE, groupBy: 'route' };
  const known = new Map([['=/pay', { group: '/pay', state: FIRING }]]);
  const seen = (value: number | null, samples: number): GroupObservation => ({
    group: '/shop',
    observation: { current: { value, samples, bound: 'at_least' } },
  });

  it('says of a group that it did not see that it is unknown, not that it is gone', () => {
    expect(outcomesOf(grouped, [seen(3, 3)], known, true).outcomes).toEqual([
      { instance: '=/shop', group: '/shop', outcome: { kind: 'value', value: 3, bound: 'at_least' } },
      { instance: '=/pay', group: '/pay', outcome: { kind: 'unknown' } },
    ]);
    expect(outcomesOf(grouped, [], known, true).outcomes.map(({ outcome }) => outcome.kind)).toEqual(['unknown']);
  });

  it('says so of a value behind which there are too few samples so far', () => {
    const { outcomes } = outcomesOf({ ...grouped, minSamples: 5 }, [seen(3, 3)], new Map(), true);
    expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['unknown']);
  });

  it.each([
    ['a current window', { current: 'at_least' }, 'at_least'],
    ['a baseline', { baseline: 'at_least' }, 'estimate'],
    ['both', { current: 'at_least', baseline: 'at_least' }, 'estimate'],
  ] as const)('of %s makes the change of it what it is', (_name, bounds, bound) => {
    const figure = (value: number, own?: Bound) => ({ value, samples: value, ...(own && { bound: own }) });
    const observation = {
      current: figure(300, 'current' in bounds ? bounds.current : undefined),
      baseline: figure(100, 'baseline' in bounds ? bounds.baseline : undefined),
    };
    const { outcomes } = outcomesOf({ ...RULES.rise, groupBy: null }, [{ group: null, observation }], new Map(), true);
    expect(outcomes[0]?.outcome).toEqual({ kind: 'value', value: 2, bound });
  });
});

it('an estimate that does not breach starts a deferred or pending instance over', () => {
  const rule = { ...RULE, forSeconds: 300 };
  const estimate = (value: number): Outcome => ({ kind: 'value', value, bound: 'estimate' });
  const values = [11, 11, 9, 11, 11];
  let state = NORMAL;
  const changes = values.map((value, tick) => {
    const next = advance(rule, state, estimate(value), tick * 150_000, () => 'b');
    state = next.state;
    return next.change;
  });
  expect(changes).toEqual(['deferred', 'pending', 'calmed', 'deferred', 'pending']);
});
