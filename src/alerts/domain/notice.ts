import type { AlertRule, Severity } from './alert-config.js';
import type { Step } from './advance.js';
import { isCoolingDown, type InstanceState, type Muting } from './instance-state.js';

export type NoticeKind = 'firing' | 'resolved' | 'reminder';

/** A notice that is due. `suppressed`: it is recorded, and goes to nobody. */
export interface DueNotice {
  readonly kind: NoticeKind;
  readonly suppressed: Muting | null;
  /** True for a firing notice that comes late because it had been muted. */
  readonly late: boolean;
}

type NoticeRule = Pick<AlertRule, 'cooldownSeconds' | 'renotifySeconds' | 'severity'>;

/**
 * The notice that a step calls for. Cooldown and silences mute notices and never evaluation: a muted firing notice is
 * sent as soon as neither holds any more, if the episode still fires then; a muted episode says nothing when it ends.
 * A severity that was raised since the last notice is never muted by the cooldown. The end of an episode that was told
 * is told when the silence over it ends, see SilencedResolutions.
 */
export function noticeDue(rule: NoticeRule, step: Step, at: number, silenced: boolean): DueNotice | null {
  const { state, change, closed } = step;
  const muting = silenced ? 'silenced' : isCoolingDown(state, rule, at) ? 'cooldown' : null;
  if (change === 'fired') return { kind: 'firing', suppressed: muting, late: false };
  if (closed) return closed.muted ? null : { kind: 'resolved', suppressed: silenced ? 'silenced' : null, late: false };
  if (state.phase !== 'firing' || !state.episode) return null;
  if (state.episode.muted) return muting ? null : { kind: 'firing', suppressed: null, late: true };
  return isReminderDue(rule, state, at)
    ? { kind: 'reminder', suppressed: silenced ? 'silenced' : null, late: false }
    : null;
}

export interface PlannedNotice {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly severity: Severity;
  /** At least one of its rows was not skipped. */
  readonly sent: boolean;
}

/** The state after a notice was planned. */
export function afterNotice(
  state: InstanceState,
  notice: DueNotice,
  { at, severity, sent }: PlannedNotice,
): InstanceState {
  const { episode } = state;
  if (!episode || notice.kind === 'resolved') return state;
  if (notice.kind === 'reminder') return { ...state, episode: { ...episode, remindedAt: at } };
  return {
    ...state,
    ...(sent && { noticedAt: at, noticedSeverity: severity }),
    episode: { ...episode, muted: notice.suppressed, remindedAt: at },
  };
}

/** Counted from the notice before, whether that was the first or a reminder. */
function isReminderDue({ renotifySeconds }: NoticeRule, { episode }: InstanceState, at: number): boolean {
  if (renotifySeconds === null || !episode || episode.acknowledged) return false;
  return at - (episode.remindedAt ?? episode.triggeredAt) >= renotifySeconds * 1_000;
}
