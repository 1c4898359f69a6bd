import { backToNormal, type InstanceState } from './instance-state.js';

/** Acknowledging is an axis of its own: the episode goes on, and resolves by itself. */
export function acknowledged(state: InstanceState): InstanceState {
  return state.episode ? { ...state, episode: { ...state.episode, acknowledged: true } } : state;
}

/**
 * While the condition is met, a new episode would open at the next tick. It is held back until the condition was false, or
 * the cooldown is over: counted from the last notice that was sent, or where none was, from when the episode began.
 */
export function resolvedByHand(state: InstanceState, cooldownSeconds: number, at: number): InstanceState {
  const over = backToNormal(state, at);
  if (state.phase !== 'firing' || !state.episode) return over;
  const from = state.noticedAt ?? state.episode.triggeredAt;
  return { ...over, phase: 'held', heldUntil: from + cooldownSeconds * 1_000 };
}
