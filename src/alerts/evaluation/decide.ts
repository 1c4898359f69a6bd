import { randomUUID } from 'node:crypto';
import { advance, type Step } from '../domain/advance.js';
import type { AlertConfig } from '../domain/alert-config.js';
import { WHOLE, type InstanceOutcome } from '../domain/instances.js';
import { isForgettable, NORMAL, type InstanceState, type Outcome } from '../domain/instance-state.js';
import { noticeDue } from '../domain/notice.js';
import type { EpisodeTransition, InstanceChange } from '../episodes/instance-change.js';

export interface Circumstances {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly silenced: boolean;
}

/** What an evaluation changes about one instance; undefined for nothing. */
export function decide(
  config: AlertConfig,
  state: InstanceState | undefined,
  evaluated: InstanceOutcome,
  { at, silenced }: Circumstances,
): InstanceChange | undefined {
  const { instance, group } = evaluated;
  const step = advance(config, state ?? NORMAL, evaluated, at, randomUUID);
  const notice = noticeDue(config, step, at, silenced);
  // A row that says nothing any more is written once more, to be forgotten.
  const isOver = state !== undefined && isForgettable(step.state, config.cooldownSeconds, at);
  if (step.change === 'none' && !notice && !isOver) return undefined;
  return {
    config,
    after: { configId: config.id, instance, group, state: step.state },
    episode: step.closed ?? step.state.episode,
    transition: transitionOf(step, evaluated),
    notice,
  };
}

function transitionOf(step: Step, { instance, outcome: current }: InstanceOutcome): EpisodeTransition | null {
  const outcome = step.decidedBy ?? current;
  const reason = outcome.kind === 'value' ? {} : { reason: reasonOf(outcome.kind) };
  switch (step.change) {
    case 'fired':
      return { state: 'firing', ...reason, opensSince: step.pendingSince ?? step.state.since };
    case 'resumed':
      return { state: 'firing', ...reason };
    case 'recovering':
      return { state: 'recovering', ...reason };
    case 'resolved':
      // Of a rule with groups the whole is there only while there are none: its end is no group's end.
      return {
        state: 'resolved',
        ...reason,
        resolvedBy: outcome.kind === 'gone' && instance !== WHOLE ? 'gone' : 'auto',
      };
    default:
      return null;
  }
}

/** What had no value because events are missing changes something only when they are not waited for any more. */
function reasonOf(kind: Exclude<Outcome['kind'], 'value'>): Exclude<Outcome['kind'], 'value' | 'unknown'> {
  return kind === 'unknown' ? 'no_data' : kind;
}
