import type { AlertRule } from './alert-config.js';
import { furthest, isBreached, isRecovered } from './condition.js';
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

/** What an evaluation did to an instance. `updated`: the open episode has a new value. */
export type Change = 'none' | 'pending' | 'calmed' | 'fired' | 'updated' | 'recovering' | 'resumed' | 'resolved';

export interface Step {
  readonly state: InstanceState;
  readonly change: Change;
  /** The episode that `resolved` closed, with its last values. */
  readonly closed?: Episode & { readonly resolvedValue: number | null };
  /** When the condition was first met of what `fired`. */
  readonly pendingSince?: number;
}

/** How an outcome looks to the machine. `stay`: as if there had been no evaluation. */
type Verdict = 'breach' | 'between' | 'recovered' | 'stay';

/**
 * The state machine of alerts, the same for live evaluation and preview: normal → pending → firing → recovering → normal.
 * Pure: whoever calls it brings the time and keeps the state.
 */
export function advance(
  rule: MachineRule,
  state: InstanceState,
  outcome: Outcome,
  at: number,
  newId: () => string,
): Step {
  const verdict = verdictOf(rule, outcome);
  if (verdict === 'stay') return { state, change: 'none' };
  if (state.episode) return inEpisode(rule, state, state.episode, { verdict, value: valueOf(outcome), at });
  if (verdict !== 'breach') return calm(state, at);
  return outsideEpisode(rule, state, { value: valueOf(outcome), at, newId });
}

function verdictOf(rule: MachineRule, outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'value':
      if (isBreached(rule, outcome.value)) return 'breach';
      return isRecovered(rule, outcome.value) ? 'recovered' : 'between';
    case 'no_data':
      return ({ ok: 'recovered', keep: 'stay', alert: 'breach' } as const)[rule.noData];
    case 'error':
      return ({ keep: 'stay', alert: 'breach' } as const)[rule.onError];
    case 'gone':
      return 'recovered';
  }
}

function valueOf(outcome: Outcome): number | null {
  return outcome.kind === 'value' ? outcome.value : null;
}

/** The condition was false: a pending instance starts over, and one that was resolved by hand is free again. */
function calm(state: InstanceState, at: number): Step {
  if (state.phase === 'normal') return { state, change: 'none' };
  return { state: backToNormal(state, at), change: 'calmed' };
}

function outsideEpisode(
  rule: MachineRule,
  state: InstanceState,
  { value, at, newId }: { value: number | null; at: number; newId: () => string },
): Step {
  if (state.phase === 'held' && at < (state.heldUntil ?? 0)) return { state, change: 'none' };
  // What was held had its condition met all the while.
  const since = state.phase === 'normal' ? at : state.since;
  if (at - since < rule.forSeconds * 1_000) {
    if (state.phase === 'pending') return { state, change: 'none' };
    return { state: { ...state, phase: 'pending', since, heldUntil: null }, change: 'pending' };
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
    state: { ...state, phase: 'firing', since: at, heldUntil: null, episode },
    change: 'fired',
    pendingSince: since,
  };
}

function inEpisode(
  rule: MachineRule,
  state: InstanceState,
  episode: Episode,
  { verdict, value, at }: { verdict: Exclude<Verdict, 'stay'>; value: number | null; at: number },
): Step {
  if (verdict === 'recovered') {
    const closed = { ...episode, resolvedValue: value };
    return { state: backToNormal(state, at), change: 'resolved', closed };
  }
  const phase = verdict === 'breach' ? 'firing' : 'recovering';
  const current = { ...episode, value, peak: furthest(rule, episode.peak, value) };
  if (phase !== state.phase) {
    const change = phase === 'firing' ? 'resumed' : 'recovering';
    return { state: { ...state, phase, since: at, episode: current }, change };
  }
  const isSame = current.value === episode.value && current.peak === episode.peak;
  return isSame ? { state, change: 'none' } : { state: { ...state, episode: current }, change: 'updated' };
}
