import { randomUUID } from 'node:crypto';
import type { JournalEvent } from '../../collector/index.js';
import { newEventId } from '../../events/index.js';
import type {
  Acknowledgement,
  EpisodeUpdate,
  NewEpisode,
  Resolution,
  TimelineEntry,
} from '../store/episode.repository.js';
import type { EpisodeChange } from './instance-change.js';

export function openedRow({ config, after, episode }: EpisodeChange): NewEpisode {
  return {
    id: episode.id,
    config_id: config.id,
    config_name: config.name,
    metric: config.metric,
    filters: config.filters,
    group_value: after.group,
    condition: config.condition,
    severity: config.severity,
    status: 'firing',
    value: episode.value,
    peak_value: episode.peak,
    threshold: config.threshold,
    triggered_at: new Date(episode.triggeredAt),
    partial: after.state.partial,
  };
}

export function updatedRow({ after, episode: { id, value, peak } }: EpisodeChange): EpisodeUpdate {
  return { id, value, peak_value: peak, partial: after.state.partial };
}

export function acknowledgedRow({ episode, transition }: EpisodeChange, at: Date): Acknowledgement {
  return {
    id: episode.id,
    acknowledged_at: at,
    acknowledged_by: transition?.who ?? '',
    note: transition?.note ?? null,
  };
}

export function resolvedRow(change: EpisodeChange, at: Date): Resolution {
  const { episode, transition } = change;
  return {
    ...updatedRow(change),
    resolved_value: episode.resolvedValue ?? null,
    resolved_at: at,
    resolved_by: transition?.resolvedBy ?? 'auto',
    note: transition?.note ?? null,
  };
}

/** The entries a change adds to the timeline of its episode, oldest first. */
export function timelineOf({ id, episode, transition, notice }: EpisodeChange, at: Date): TimelineEntry[] {
  // The value that resolved it, where one did: null when its data ended.
  const value = episode.resolvedValue === undefined ? episode.value : episode.resolvedValue;
  const entry = { id, alert_id: episode.id, at, value, reason: null, who: null, note: null };
  if (!transition) {
    if (notice?.kind === 'reminder') return [{ ...entry, state: 'reminded', reason: notice.suppressed }];
    return notice ? [{ ...entry, state: 'notified' }] : [];
  }
  const { state, reason = null, who = null, note = null, opensSince } = transition;
  const entries = [{ ...entry, state, reason, who, note }];
  if (opensSince === undefined || opensSince >= at.getTime()) return entries;
  return [{ ...entry, id: randomUUID(), at: new Date(opensSince), state: 'pending', value: null, reason }, ...entries];
}

/** The `alert` event of a transition. */
export function eventOf({ config, episode, transition }: EpisodeChange, at: Date): JournalEvent[] {
  if (!transition) return [];
  return [
    {
      event_type: 'alert',
      event_id: newEventId(at.getTime()),
      occurred_at: at.toISOString(),
      alert_id: episode.id,
      config_id: config.id,
      severity: config.severity,
      state: transition.state,
    },
  ];
}
