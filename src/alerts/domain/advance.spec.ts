import { advance, type MachineRule } from './advance.js';
import { SEVERITIES, type AlertRule, type Severity } from './alert-config.js';
import { acknowledged, resolvedByHand } from './by-hand.js';
import { NORMAL, type InstanceState, type Outcome } from './instance-state.js';
import { afterNotice, noticeDue } from './notice.js';

type Rule = MachineRule & Pick<AlertRule, 'renotifySeconds' | 'severity'>;

const RULE: Rule = {
  condition: 'threshold_above',
  threshold: 10,
  recoveryThreshold: null,
  minSamples: 0,
  forSeconds: 0,
  cooldownSeconds: 0,
  renotifySeconds: null,
  severity: 'warning',
  noData: 'ok',
  onError: 'keep',
};
const MINUTE_MS = 60_000;

/**
 * One tick a minute, in a line of words: a number is the metric's value; `-` no data, `!` an error, `gone`; before a tick
 * `ack` and `resolve` are what somebody does by hand, `silence` and `unsilence` when silences begin and end, a severity
 * is what the rule is edited to.
 */
function play(rule: Partial<Rule>, line: string): string {
  const machine = new Machine({ ...RULE, ...rule });
  return line
    .split(' ')
    .flatMap((word) => machine.take(word) ?? [])
    .join(' ');
}

class Machine {
  private state: InstanceState = NORMAL;
  private minute = -1;
  private episodes = 0;
  private silenced = false;

  constructor(private rule: Rule) {}

  /** What a tick led to: the phase, the notice that was due, and the number of episodes while one is open. */
  take(word: string): string | undefined {
    const now = Math.max(0, this.minute) * MINUTE_MS + 1;
    if (word === 'ack') this.state = acknowledged(this.state);
    else if (word === 'resolve') this.state = resolvedByHand(this.state, this.rule.cooldownSeconds, now);
    else if (SEVERITIES.includes(word as Severity)) this.rule = { ...this.rule, severity: word as Severity };
    else if (word.endsWith('silence')) this.silenced = word === 'silence';
    else return this.tick(outcomeOf(word));
    return undefined;
  }

  private tick(outcome: Outcome): string {
    this.minute += 1;
    const at = this.minute * MINUTE_MS;
    const step = advance(this.rule, this.state, { outcome }, at, () => `#${++this.episodes}`);
    const notice = noticeDue(this.rule, step, at, this.silenced);
    this.state = notice
      ? afterNotice(step.state, notice, { at, severity: this.rule.severity, sent: notice.suppressed === null })
      : step.state;
    const told = notice ? `+${notice.suppressed ?? notice.kind}` : '';
    return `${this.state.phase}${this.state.episode?.id ?? ''}${told}`;
  }
}

function outcomeOf(word: string): Outcome {
  if (word === '-') return { kind: 'no_data' };
  if (word === '!') return { kind: 'error' };
  return word === 'gone' ? { kind: 'gone' } : { kind: 'value', value: Number(word) };
}

type Scenario = readonly [sentence: string, rule: Partial<Rule>, ticks: string, expected: string];

const below = { condition: 'threshold_below' } as const;
const cooled = { cooldownSeconds: 180 } as const;

const SCENARIOS: readonly Scenario[] = [
  // What Prometheus documents of `for`.
  ['without `for` a rule fires at the first evaluation that meets the condition', {}, '5 11', 'normal firing#1+firing'],
  [
    'with `for` it is pending until the condition was met for that long',
    { forSeconds: 120 },
    '11 11 11',
    'pending pending firing#1+firing',
  ],
  ['`for` is over when exactly that time has passed', { forSeconds: 60 }, '11 11', 'pending firing#1+firing'],
  [
    '`for` shorter than the time between ticks is over at the next one',
    { forSeconds: 1 },
    '11 11',
    'pending firing#1+firing',
  ],
  [
    '`for` between two multiples of the interval waits for the later tick',
    { forSeconds: 90 },
    '11 11 11',
    'pending pending firing#1+firing',
  ],
  [
    'a pending rule whose condition ends is normal, and nobody hears of it',
    { forSeconds: 120 },
    '11 5 5',
    'pending normal normal',
  ],
  [
    'the time of `for` starts over after a gap',
    { forSeconds: 60 },
    '11 5 11 11',
    'pending normal pending firing#1+firing',
  ],
  [
    '`for` is asked again of the next episode',
    { forSeconds: 60 },
    '11 11 5 11 11',
    'pending firing#1+firing normal+resolved pending firing#2+firing',
  ],
  // What Prometheus documents of `keep_firing_for`: here a recovery threshold and the policy for no data do it.
  [
    'without anything to keep it firing an alert ends at the first evaluation that does not meet the condition',
    {},
    '11 10',
    'firing#1+firing normal+resolved',
  ],
  [
    'a recovery threshold keeps a value that swings around the threshold from flapping',
    { recoveryThreshold: 8 },
    '11 9 11 9',
    'firing#1+firing recovering#1 firing#1 recovering#1',
  ],
  [
    'lack of data does not resolve an alert that keeps its state',
    { noData: 'keep' },
    '11 - - 5',
    'firing#1+firing firing#1 firing#1 normal+resolved',
  ],
  ['lack of data resolves an alert where no data is fine', {}, '11 -', 'firing#1+firing normal+resolved'],
  // Borders.
  ['above means above: the threshold itself does not fire', {}, '10', 'normal'],
  ['below means below: the threshold itself does not fire', below, '10 9.99', 'normal firing#1+firing'],
  ['an alert that fell below is over at the threshold', below, '9 10', 'firing#1+firing normal+resolved'],
  [
    'an alert is over at the recovery threshold exactly',
    { recoveryThreshold: 8 },
    '11 8',
    'firing#1+firing normal+resolved',
  ],
  [
    'an alert from below is over at its recovery threshold exactly',
    { ...below, recoveryThreshold: 12 },
    '9 11 12',
    'firing#1+firing recovering#1 normal+resolved',
  ],
  ['a value between the two thresholds does not open an episode', { recoveryThreshold: 8 }, '9', 'normal'],
  [
    'a value between the two thresholds ends pending',
    { recoveryThreshold: 8, forSeconds: 60 },
    '11 9 11',
    'pending normal pending',
  ],
  [
    'recovering may end without firing again',
    { recoveryThreshold: 8 },
    '11 9 7',
    'firing#1+firing recovering#1 normal+resolved',
  ],
  ['zero is a value', { ...below, threshold: 1 }, '0', 'firing#1+firing'],
  [
    'a negative rate of change fires when the fall is larger',
    { condition: 'rate_of_change', threshold: -0.5 },
    '-0.5 -0.6 -0.5',
    'normal firing#1+firing normal+resolved',
  ],
  [
    'a positive rate of change does not mind a fall',
    { condition: 'rate_of_change', threshold: 0.5 },
    '-0.9 0.6',
    'normal firing#1+firing',
  ],
  [
    'an anomaly fires on either side',
    { condition: 'anomaly', threshold: 3 },
    '3 -3.1 2 3.1',
    'normal firing#1+firing normal+resolved firing#2+firing',
  ],
  // No data and errors.
  ['no data is normal by default, also where there never was any', {}, '- -', 'normal normal'],
  ['no data fires where that is the policy', { noData: 'alert' }, '-', 'firing#1+firing'],
  ['no data fires only after `for`', { noData: 'alert', forSeconds: 60 }, '- -', 'pending firing#1+firing'],
  [
    'a value above and then no data count together towards `for`',
    { noData: 'alert', forSeconds: 60 },
    '11 -',
    'pending firing#1+firing',
  ],
  ['no data that ends ends its alert', { noData: 'alert' }, '- 5', 'firing#1+firing normal+resolved'],
  ['no data that becomes a bad value stays the same episode', { noData: 'alert' }, '- 11', 'firing#1+firing firing#1'],
  [
    'no data keeps a rule pending where state is kept, and its time goes on',
    { noData: 'keep', forSeconds: 120 },
    '11 - 11',
    'pending pending firing#1+firing',
  ],
  ['no data does not begin anything where state is kept', { noData: 'keep' }, '- -', 'normal normal'],
  ['no data ends pending where no data is fine', { forSeconds: 60 }, '11 - 11', 'pending normal pending'],
  ['an error keeps state by default', {}, '! 11 ! 5', 'normal firing#1+firing firing#1 normal+resolved'],
  ['an error fires where that is the policy', { onError: 'alert' }, '! 5', 'firing#1+firing normal+resolved'],
  ['an error keeps a rule pending', { forSeconds: 120 }, '11 ! 11', 'pending pending firing#1+firing'],
  ['an error does not end recovering', { recoveryThreshold: 8 }, '11 9 !', 'firing#1+firing recovering#1 recovering#1'],
  [
    'what is gone is over, whatever the policy for no data',
    { noData: 'alert' },
    '11 gone',
    'firing#1+firing normal+resolved',
  ],
  ['what is gone is not pending any more', { forSeconds: 60 }, '11 gone 11', 'pending normal pending'],
  // One episode, one notice.
  [
    'a new value updates an episode and never opens another',
    {},
    '11 12 99 11',
    'firing#1+firing firing#1 firing#1 firing#1',
  ],
  [
    'firing again after recovering is no news',
    { recoveryThreshold: 8 },
    '11 9 11',
    'firing#1+firing recovering#1 firing#1',
  ],
  [
    'a reminder comes every so often while it fires',
    { renotifySeconds: 120 },
    '11 11 11 11 11',
    'firing#1+firing firing#1 firing#1+reminder firing#1 firing#1+reminder',
  ],
  [
    'nobody is reminded of what was acknowledged',
    { renotifySeconds: 60 },
    '11 ack 11 11',
    'firing#1+firing firing#1 firing#1',
  ],
  [
    'nobody is reminded of what is recovering',
    { renotifySeconds: 60, recoveryThreshold: 8 },
    '11 9 9',
    'firing#1+firing recovering#1 recovering#1',
  ],
  ['an acknowledged episode resolves by itself, and says so', {}, '11 ack 5', 'firing#1+firing normal+resolved'],
  [
    'acknowledging ends with the episode',
    { renotifySeconds: 60 },
    '11 ack 5 11 11',
    'firing#1+firing normal+resolved firing#2+firing firing#2+reminder',
  ],
  // Cooldown.
  [
    'cooldown mutes the notice of the next episode, not the episode',
    cooled,
    '11 5 11',
    'firing#1+firing normal+resolved firing#2+cooldown',
  ],
  [
    'a muted notice is sent when the cooldown ends, if it still fires',
    cooled,
    '11 5 11 11 11',
    'firing#1+firing normal+resolved firing#2+cooldown firing#2+firing firing#2',
  ],
  [
    'a muted episode that ends before the cooldown says nothing',
    cooled,
    '11 5 11 5 5',
    'firing#1+firing normal+resolved firing#2+cooldown normal normal',
  ],
  [
    'a muted episode that is recovering when the cooldown ends waits until it fires again',
    { ...cooled, recoveryThreshold: 8 },
    '11 5 11 9 11',
    'firing#1+firing normal+resolved firing#2+cooldown recovering#2 firing#2+firing',
  ],
  [
    'cooldown counts from the last notice that was sent, not from a muted one',
    cooled,
    '11 5 11 5 11',
    'firing#1+firing normal+resolved firing#2+cooldown normal firing#3+firing',
  ],
  [
    'cooldown starts again with a late notice',
    cooled,
    '11 5 11 11 5 11',
    'firing#1+firing normal+resolved firing#2+cooldown firing#2+firing normal+resolved firing#3+cooldown',
  ],
  [
    'a muted episode has no reminders',
    { ...cooled, renotifySeconds: 60 },
    '11 5 11',
    'firing#1+firing normal+resolved firing#2+cooldown',
  ],
  // Silences.
  ['a silence mutes the notices of an episode', {}, 'silence 11 5', 'firing#1+silenced normal'],
  [
    'a silence that ends while it fires lets the notice out',
    {},
    'silence 11 unsilence 11',
    'firing#1+silenced firing#1+firing',
  ],
  [
    'a silence counts before a cooldown',
    cooled,
    '11 5 silence 11',
    'firing#1+firing normal+resolved firing#2+silenced',
  ],
  [
    'a silenced notice starts no cooldown',
    cooled,
    'silence 11 5 unsilence 11',
    'firing#1+silenced normal firing#2+firing',
  ],
  [
    'an end that falls into a silence is recorded and told nobody',
    {},
    '11 silence 5',
    'firing#1+firing normal+silenced',
  ],
  // By hand.
  [
    'after a resolve by hand nothing opens while the condition stays met and the cooldown runs',
    cooled,
    '11 resolve 11 11',
    'firing#1+firing held held',
  ],
  [
    'after a resolve by hand a new episode opens once the condition was false',
    cooled,
    '11 resolve 5 11',
    'firing#1+firing normal firing#2+cooldown',
  ],
  [
    'after a resolve by hand a new episode opens when the cooldown is over',
    cooled,
    '11 resolve 11 11 11',
    'firing#1+firing held held firing#2+firing',
  ],
  [
    'lack of data after a resolve by hand is a condition that was false',
    cooled,
    '11 resolve - 11',
    'firing#1+firing normal firing#2+cooldown',
  ],
  ['an error after a resolve by hand does not set it free', cooled, '11 resolve ! 11', 'firing#1+firing held held'],
  [
    'a resolve by hand while it recovers holds nothing back',
    { recoveryThreshold: 8 },
    '11 9 resolve 11',
    'firing#1+firing recovering#1 firing#2+firing',
  ],
  [
    '`for` is over by the time a cooldown ends that held back a new episode',
    { ...cooled, forSeconds: 60 },
    '11 11 resolve 11 11 11',
    'pending firing#1+firing held held firing#2+firing',
  ],
];

it.each([
  [
    'a severity that was raised since the last notice breaks the cooldown',
    '11 5 critical 11',
    'firing#1+firing normal+resolved firing#2+firing',
  ],
  [
    'a severity that is raised while the cooldown mutes an episode is told at the next tick, once',
    '11 5 11 critical 11 11',
    'firing#1+firing normal+resolved firing#2+cooldown firing#2+firing firing#2',
  ],
  [
    'the first notice of the raised severity starts a cooldown of its own',
    '11 5 critical 11 5 11',
    'firing#1+firing normal+resolved firing#2+firing normal+resolved firing#3+cooldown',
  ],
  [
    'a severity that was lowered does not break the cooldown, nor one that is raised back to what was told',
    '11 5 info 11 warning 11',
    'firing#1+firing normal+resolved firing#2+cooldown firing#2',
  ],
  [
    'a raised severity does not break a silence',
    '11 5 critical silence 11 unsilence 11',
    'firing#1+firing normal+resolved firing#2+silenced firing#2+firing',
  ],
  [
    'a severity raised while an episode fires that was told is no second notice',
    '11 critical 11',
    'firing#1+firing firing#1',
  ],
  [
    'a raised severity breaks the cooldown after a resolve by hand as well',
    '11 resolve 5 critical 11',
    'firing#1+firing normal firing#2+firing',
  ],
])('%s', (_sentence, ticks, expected) => {
  expect(play({ cooldownSeconds: 600 }, ticks)).toBe(expected);
});

it('pins the semantics by more than forty scenarios', () => expect(SCENARIOS.length).toBeGreaterThanOrEqual(40));

it.each(SCENARIOS)('%s', (_sentence, rule, ticks, expected) => {
  expect(play(rule, ticks)).toBe(expected);
});

it('remembers the worst value of an episode, and the last one', () => {
  let state = NORMAL;
  for (const [minute, value] of [11, 30, 12].entries()) {
    ({ state } = advance(RULE, state, { outcome: { kind: 'value', value } }, minute, () => 'a'));
  }
  expect(state.episode).toMatchObject({ value: 12, peak: 30 });
  const { closed } = advance(RULE, state, { outcome: { kind: 'value', value: 4 } }, 3, () => 'b');
  expect(closed).toMatchObject({ id: 'a', value: 12, peak: 30, resolvedValue: 4 });
});
