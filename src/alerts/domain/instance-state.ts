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
  /** While `held`: when a new episode may open although the condition was never false. */
  readonly heldUntil: number | null;
}

export const NORMAL: InstanceState = { phase: 'normal', since: 0, episode: null, noticedAt: null, heldUntil: null };

/** What an evaluation found for an instance. `gone`: its group has no value any more. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'no_data' }
  | { readonly kind: 'error' }
  | { readonly kind: 'gone' };

/** Whether nothing of a state has to be remembered: normal, and no cooldown left that could mute a later notice. */
export function isForgettable(state: InstanceState, cooldownSeconds: number, at: number): boolean {
  return state.phase === 'normal' && !isCoolingDown(state, cooldownSeconds, at);
}

export function isCoolingDown({ noticedAt }: InstanceState, cooldownSeconds: number, at: number): boolean {
  return noticedAt !== null && at < noticedAt + cooldownSeconds * 1_000;
}
