import { advance, type MachineRule } from './advance.js';
import type { Bound } from './condition.js';
import { outcomesOf, withEarlier, type GroupObservation } from './instances.js';
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
  advance(rule, state, { outcome }, 60_000, () => 'b');

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
    const first = advance(
      RULE,
      NORMAL,
      { outcome: { kind: 'value', value: 11, bound: 'estimate' } },
      60_000,
      () => 'b',
    );
    expect(first.state).toMatchObject({ phase: 'normal', partial: true, episode: null });
    const still = advance(
      RULE,
      first.state,
      { outcome: { kind: 'value', value: 12, bound: 'estimate' } },
      61_000,
      () => 'b',
    );
    expect(still).toMatchObject({ change: 'fired', pendingSince: 60_000, state: { partial: true } });
    const known = advance(RULE, first.state, { outcome: { kind: 'value', value: 12 } }, 61_000, () => 'b');
    expect(known).toMatchObject({ change: 'fired', pendingSince: 60_000, state: { partial: false } });
    const wrong = advance(RULE, first.state, { outcome: { kind: 'value', value: 9 } }, 61_000, () => 'b');
    expect(wrong).toMatchObject({ change: 'calmed', state: { phase: 'normal', partial: false } });
  });

  it('that decides nothing leaves what is pending, or was resolved by hand, as it is', () => {
    const pending: InstanceState = { ...NORMAL, phase: 'pending', since: 5 };
    const held: InstanceState = { ...NORMAL, phase: 'held', since: 5, heldUntil: 100_000 };
    for (const state of [pending, held]) {
      expect(step(RULE, state, { kind: 'value', value: 9, bound: 'at_least' })).toMatchObject({
        state,
        change: 'none',
      });
      expect(step(RULE, state, { kind: 'unknown' })).toMatchObject({ state, change: 'none' });
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
    const next = advance(rule, state, { outcome: estimate(value) }, tick * 150_000, () => 'b');
    state = next.state;
    return next.change;
  });
  expect(changes).toEqual(['deferred', 'pending', 'calmed', 'deferred', 'pending']);
});

describe('a value of part of the events, beside that of the window a tick before', () => {
  const decided = (rule: MachineRule, state: InstanceState, outcome: Outcome, earlier: Outcome) =>
    advance(rule, state, { outcome, earlier }, 60_000, () => 'b');
  const partial = (value: number, bound: Bound): Outcome => ({ kind: 'value', value, bound });
  const whole = (value: number): Outcome => ({ kind: 'value', value });

  it.each<[keyof typeof RULES, Outcome, Outcome, quiet: string, firing: string]>([
    // What the missing events cannot undo is decided at once.
    ['above', partial(11, 'at_least'), whole(3), 'fired', 'none'],
    ['below', partial(11, 'at_least'), whole(3), 'none', 'resolved'],
    // What they could, by the tick before.
    ['above', partial(3, 'at_least'), whole(3), 'none', 'resolved'],
    ['above', partial(3, 'at_least'), whole(11), 'fired', 'updated'],
    ['below', partial(3, 'at_least'), whole(9), 'fired', 'updated'],
    ['below', partial(3, 'at_least'), whole(11), 'none', 'resolved'],
    ['above', partial(11, 'at_most'), whole(11), 'fired', 'updated'],
    ['above', partial(11, 'at_most'), whole(9), 'none', 'resolved'],
    ['fall', partial(-11, 'at_least'), whole(-11), 'fired', 'updated'],
    ['anomaly', partial(9, 'estimate'), whole(9), 'none', 'resolved'],
    // An estimate fires when the tick before says so as well, and waits for one tick else.
    ['above', partial(11, 'estimate'), whole(11), 'fired', 'updated'],
    ['above', partial(11, 'estimate'), whole(9), 'deferred', 'resolved'],
    ['above', partial(9, 'estimate'), whole(11), 'fired', 'updated'],
    ['above', partial(9, 'estimate'), whole(9), 'none', 'resolved'],
    // Also where the window before lacks events: nothing waits for longer than a tick.
    ['below', partial(3, 'at_least'), partial(9, 'at_least'), 'fired', 'updated'],
    ['above', partial(3, 'at_least'), partial(9, 'at_least'), 'none', 'resolved'],
    // No data, and groups that are gone.
    ['above', { kind: 'unknown' }, { kind: 'no_data' }, 'none', 'resolved'],
    ['above', { kind: 'unknown' }, { kind: 'unknown' }, 'none', 'resolved'],
    ['above', { kind: 'unknown' }, { kind: 'gone' }, 'none', 'resolved'],
    ['above', { kind: 'unknown' }, whole(11), 'fired', 'updated'],
  ])('%s, %j after %j: %s when quiet, %s when firing', (name, outcome, earlier, quiet, firing) => {
    expect(decided(RULES[name], NORMAL, outcome, earlier).change).toBe(quiet);
    const { change } = decided(RULES[name], FIRING, outcome, earlier);
    expect(firing === 'none' ? ['none', 'updated'] : [firing]).toContain(change);
  });

  it.each([
    ['alert', 'fired', 'updated'],
    ['keep', 'none', 'updated'],
    ['ok', 'none', 'resolved'],
  ] as const)('tells of missing data one tick later, as no_data says (%s)', (noData, quiet, firing) => {
    const rule = { ...RULE, noData };
    expect(decided(rule, NORMAL, { kind: 'unknown' }, { kind: 'no_data' }).change).toBe(quiet);
    expect(decided(rule, FIRING, { kind: 'unknown' }, { kind: 'no_data' }).change).toBe(firing);
  });

  it('shows the value that decided, and whether that one lacks events', () => {
    const first = decided(RULES.below, NORMAL, partial(3, 'at_least'), whole(9));
    expect(first).toMatchObject({ decidedBy: whole(9), state: { partial: false, episode: { value: 9, peak: 9 } } });
    const second = decided(RULES.below, NORMAL, partial(3, 'at_least'), partial(8, 'at_least'));
    expect(second.state).toMatchObject({ partial: true, episode: { value: 8, peak: 8 } });
  });

  it('counts the time of `for` by ticks, and starts over when the window before did not meet the condition', () => {
    const rule = { ...RULES.below, forSeconds: 120 };
    let state = NORMAL;
    const changes = [9, 9, 11, 9, 9, 9].map((before, tick) => {
      const evaluated = { outcome: partial(3, 'at_least'), earlier: whole(before) };
      const next = advance(rule, state, evaluated, tick * 60_000, () => 'b');
      state = next.state;
      return next.change;
    });
    expect(changes).toEqual(['pending', 'none', 'calmed', 'pending', 'none', 'fired']);
  });

  it('of an estimate counts the time of `for` from when it was first seen, and forgets one that was wrong', () => {
    const estimate = partial(11, 'estimate');
    const first = advance(RULE, NORMAL, { outcome: estimate, earlier: whole(9) }, 60_000, () => 'b');
    const after = { outcome: partial(9, 'estimate'), earlier: whole(11) };
    expect(advance(RULE, first.state, after, 120_000, () => 'b')).toMatchObject({
      change: 'fired',
      pendingSince: 60_000,
    });
    const wrong = { outcome: partial(9, 'estimate'), earlier: whole(9) };
    expect(advance(RULE, first.state, wrong, 120_000, () => 'b')).toMatchObject({ change: 'calmed' });
  });

  it('is found for each group, also for one that only the window before shows', () => {
    const grouped = { ...RULE, groupBy: 'route' };
    const known = new Map([['=/pay', { group: '/pay', state: FIRING }]]);
    const seen = (group: string, value: number, bound?: Bound): GroupObservation => ({
      group,
      observation: { current: { value, samples: value, ...(bound && { bound }) } },
    });
    const current = outcomesOf(grouped, [seen('/shop', 3, 'at_least')], known, true);
    const before = outcomesOf(grouped, [seen('/shop', 12), seen('/new', 11)], known).outcomes;
    expect(withEarlier(current, before)).toEqual([
      { instance: '=/shop', group: '/shop', outcome: partial(3, 'at_least'), earlier: whole(12) },
      { instance: '=/pay', group: '/pay', outcome: { kind: 'unknown' }, earlier: { kind: 'gone' } },
      { instance: '=/new', group: '/new', outcome: { kind: 'unknown' }, earlier: whole(11) },
    ]);
    expect(withEarlier({ ...current, leftOut: ['/other'] }, before)).toHaveLength(2);
  });
});
