import type { AlertRule } from './alert-config.js';
import { furthest, heads, isBreached, isRecovered } from './condition.js';
import { backToNormal, type Episode, type InstanceState, type Outcome } from './instance-state.js';

export type MachineRule = Pick<
  AlertRule,
  | 'condition'
  | 'threshold'
  | 'recoveryThreshold'
  | 'minSamples'
  | 'forSeconds'
  | 'cooldownSeconds'
  | 'noData'
  | 'onError'
>;

/** What an evaluation did to an instance. `updated`: the open episode has a new value. `deferred`: the next one decides. */
export type Change =
  'none' | 'deferred' | 'pending' | 'calmed' | 'fired' | 'updated' | 'recovering' | 'resumed' | 'resolved';

export interface Step {
  readonly state: InstanceState;
  readonly change: Change;
  /** The episode that `resolved` closed, with its last values. */
  readonly closed?: Episode & { readonly resolvedValue: number | null };
  /** When the condition was first met of what `fired`. */
  readonly pendingSince?: number;
  /** What decided. */
  readonly decidedBy?: Outcome;
}

/** What an evaluation found for an instance. */
export interface Evaluated {
  readonly outcome: Outcome;
  /**
   * Of the window that ended a tick before: there when `outcome` lacks events, so that nothing waits for longer than a
   * tick. It decides where those events would have to, also when it lacks some itself.
   */
  readonly earlier?: Outcome;
}

/**
 * How an outcome looks to the machine. `stay`: as if there had been no evaluation. `unclear`: the missing events decide,
 * so nothing begins and nothing ends, unless the window of the tick before is known. `defer`: an estimate met the condition; if it is still one at the next evaluation,
 * it decides.
 */
type Verdict = 'breach' | 'between' | 'recovered' | 'stay' | 'unclear' | 'defer';

/**
 * The state machine of alerts, the same for live evaluation and preview: normal → pending → firing → recovering → normal.
 * Pure: whoever calls it brings the time and keeps the state.
 */
export function advance(
  rule: MachineRule,
  state: InstanceState,
  evaluated: Evaluated,
  at: number,
  newId: () => string,
): Step {
  const { verdict, outcome } = decide(rule, state, evaluated);
  return { ...stepOf(rule, state, { verdict, outcome, at, newId }), decidedBy: outcome };
}

interface Decision {
  readonly verdict: Verdict;
  readonly outcome: Outcome;
}

function decide(rule: MachineRule, state: InstanceState, { outcome, earlier }: Evaluated): Decision {
  const verdict = verdictOf(rule, state, outcome);
  const isEstimate = outcome.kind === 'value' && outcome.bound !== undefined && heads(rule, outcome.bound) === 'either';
  if (!earlier || (verdict !== 'unclear' && !isEstimate)) return { verdict, outcome };
  const final = { outcome: earlier, verdict: finalVerdictOf(rule, state, earlier) };
  if (final.verdict === 'stay') return { verdict, outcome };
  // An estimate that meets the condition for the first time is known at the next tick.
  const isNew = state.phase === 'normal' && final.verdict !== 'breach' && (verdict === 'breach' || verdict === 'defer');
  return isNew ? { verdict: 'defer', outcome } : final;
}

/** Nothing more is waited for: what is there of the events decides. */
function finalVerdictOf(rule: MachineRule, state: InstanceState, outcome: Outcome): Verdict {
  if (outcome.kind === 'value') return verdictOf(rule, state, { kind: 'value', value: outcome.value });
  return verdictOf(rule, state, outcome.kind === 'unknown' ? { kind: 'no_data' } : outcome);
}

function stepOf(
  rule: MachineRule,
  state: InstanceState,
  { verdict, outcome, at, newId }: Decision & { readonly at: number; readonly newId: () => string },
): Step {
  if (verdict === 'stay') return { state, change: 'none' };
  const partial = isPartial(outcome);
  if (state.episode) return inEpisode(rule, state, state.episode, { verdict, value: valueOf(outcome), at, partial });
  if (verdict === 'unclear') return { state, change: 'none' };
  if (verdict === 'defer') return { state: { ...state, since: at, partial: true }, change: 'deferred' };
  if (verdict !== 'breach') return calm(state, at);
  return outsideEpisode(rule, state, { value: valueOf(outcome), at, newId, partial });
}

function isPartial(outcome: Outcome): boolean {
  return outcome.kind === 'unknown' || (outcome.kind === 'value' && outcome.bound !== undefined);
}

function verdictOf(rule: MachineRule, state: InstanceState, outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'value':
      return valueVerdict(rule, state, outcome);
    case 'unknown':
      return 'unclear';
    case 'no_data':
      return ({ ok: 'recovered', keep: 'stay', alert: 'breach' } as const)[rule.noData];
    case 'error':
      return ({ keep: 'stay', alert: 'breach' } as const)[rule.onError];
    case 'gone':
      return 'recovered';
  }
}

/** Of part of the events only what the others cannot undo begins or ends something; see docs/adr/0021. */
function valueVerdict(rule: MachineRule, state: InstanceState, { value, bound }: ValueOutcome): Verdict {
  const breached = isBreached(rule, value);
  const verdict = breached ? 'breach' : isRecovered(rule, value) ? 'recovered' : 'between';
  if (bound === undefined) return verdict;
  switch (heads(rule, bound)) {
    case 'worse':
      return breached ? 'breach' : 'unclear';
    case 'better':
      return breached ? 'unclear' : verdict;
    case 'either':
      // An estimate that does not breach ends nothing that people were notified of, but what is pending starts over.
      if (!breached) return state.episode || state.phase === 'held' ? 'unclear' : 'between';
      return state.phase === 'normal' && !state.partial ? 'defer' : 'breach';
  }
}

type ValueOutcome = Extract<Outcome, { kind: 'value' }>;

function valueOf(outcome: Outcome): number | null {
  return outcome.kind === 'value' ? outcome.value : null;
}

/** The condition was false: a pending instance starts over, and one that was resolved by hand is free again. */
function calm(state: InstanceState, at: number): Step {
  if (state.phase === 'normal' && !state.partial) return { state, change: 'none' };
  return { state: backToNormal(state, at), change: 'calmed' };
}

function outsideEpisode(
  rule: MachineRule,
  state: InstanceState,
  { value, at, newId, partial }: { value: number | null; at: number; newId: () => string; partial: boolean },
): Step {
  if (state.phase === 'held' && at < (state.heldUntil ?? 0)) return { state, change: 'none' };
  // What was held had its condition met all the while.
  const since = state.phase === 'normal' && !state.partial ? at : state.since;
  if (at - since < rule.forSeconds * 1_000) {
    if (state.phase === 'pending') return { state, change: 'none' };
    return { state: { ...state, phase: 'pending', since, heldUntil: null, partial: false }, change: 'pending' };
  }
  const episode = {
    id: newId(),
    triggeredAt: at,
    value,
    peak: value,
    acknowledged: false,
    muted: null,
    remindedAt: null,
  };
  return {
    state: { ...state, phase: 'firing', since: at, heldUntil: null, episode, partial },
    change: 'fired',
    pendingSince: since,
  };
}

function inEpisode(
  rule: MachineRule,
  state: InstanceState,
  episode: Episode,
  evaluated: { verdict: Exclude<Verdict, 'stay'>; value: number | null; at: number; partial: boolean },
): Step {
  const { verdict, value, at, partial } = evaluated;
  if (verdict === 'unclear') return withoutVerdict(state, episode, value);
  if (verdict === 'recovered') {
    const closed = { ...episode, resolvedValue: value };
    return { state: backToNormal(state, at), change: 'resolved', closed };
  }
  const phase = verdict === 'breach' ? 'firing' : 'recovering';
  const current = { ...episode, value, peak: furthest(rule, episode.peak, value) };
  if (phase !== state.phase) {
    const change = phase === 'firing' ? 'resumed' : 'recovering';
    return { state: { ...state, phase, since: at, episode: current, partial }, change };
  }
  const isSame = current.value === episode.value && current.peak === episode.peak && partial === state.partial;
  return isSame ? { state, change: 'none' } : { state: { ...state, episode: current, partial }, change: 'updated' };
}

/** The value of part of the events is shown, and that it is one; it is nobody's peak. */
function withoutVerdict(state: InstanceState, episode: Episode, value: number | null): Step {
  const current = { ...episode, value: value ?? episode.value };
  if (state.partial && current.value === episode.value) return { state, change: 'none' };
  return { state: { ...state, episode: current, partial: true }, change: 'updated' };
}
