import { SEVERITIES, type Severity } from './alert-config.js';
import type { Bound } from './condition.js';

/**
 * `pending`: the condition is met, but not long enough yet. `recovering`: it is not met any more, but the value is not
 * back at the recovery threshold. `held`: resolved by hand while the condition was still met.
 */
export type Phase = 'normal' | 'pending' | 'firing' | 'recovering' | 'held';

/** Why an episode's firing notice was not sent yet. */
export type Muting = 'cooldown' | 'silenced';

/** An alert from firing to resolved. Instants are epoch milliseconds. */
export interface Episode {
  readonly id: string;
  readonly triggeredAt: number;
  /** The number last compared with the threshold; null where there was no data. */
  readonly value: number | null;
  readonly peak: number | null;
  readonly acknowledged: boolean;
  readonly muted: Muting | null;
  readonly remindedAt: number | null;
}

/** Where one instance of a rule stands. Instants are epoch milliseconds. */
export interface InstanceState {
  readonly phase: Phase;
  /** When the phase began. */
  readonly since: number;
  /** There while firing or recovering. */
  readonly episode: Episode | null;
  /** The last firing notice of this instance that was sent to somebody. */
  readonly noticedAt: number | null;
  /** Severity of that notice; null where it is not known. */
  readonly noticedSeverity: Severity | null;
  /** While `held`: when a new episode may open although the condition was never false. */
  readonly heldUntil: number | null;
  /**
   * True: the last evaluation lacked events that are still being rolled up. In an episode its value is partial; outside
   * of one an estimate met the condition, and the next evaluation decides.
   */
  readonly partial: boolean;
}

export const NORMAL: InstanceState = {
  phase: 'normal',
  since: 0,
  episode: null,
  noticedAt: null,
  noticedSeverity: null,
  heldUntil: null,
  partial: false,
};

/** Starts over; only what the cooldown counts from is kept. */
export function backToNormal({ noticedAt, noticedSeverity }: InstanceState, at: number): InstanceState {
  return { ...NORMAL, since: at, noticedAt, noticedSeverity };
}

/**
 * What an evaluation found for an instance. `gone`: its group has no value any more. `unknown`: events are missing, and
 * without them there is no value. A value with a `bound` is that of part of the events.
 */
export type Outcome =
  | { readonly kind: 'value'; readonly value: number; readonly bound?: Bound }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'no_data' }
  | { readonly kind: 'error' }
  | { readonly kind: 'gone' };

/** Whether nothing of a state has to be remembered: normal, and no cooldown left that could mute a later notice. */
export function isForgettable(state: InstanceState, cooldownSeconds: number, at: number): boolean {
  return state.phase === 'normal' && !state.partial && !isWithinCooldown(state, cooldownSeconds, at);
}

/** Whether the cooldown mutes a firing notice: within its time, unless the severity was raised since the last notice. */
export function isCoolingDown(
  state: InstanceState,
  { cooldownSeconds, severity }: { readonly cooldownSeconds: number; readonly severity: Severity },
  at: number,
): boolean {
  const { noticedSeverity } = state;
  const isRaised = noticedSeverity !== null && SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(noticedSeverity);
  return !isRaised && isWithinCooldown(state, cooldownSeconds, at);
}

function isWithinCooldown({ noticedAt }: InstanceState, cooldownSeconds: number, at: number): boolean {
  return noticedAt !== null && at < noticedAt + cooldownSeconds * 1_000;
}
