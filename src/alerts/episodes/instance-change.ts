import type { AlertConfig } from '../domain/alert-config.js';
import type { Episode } from '../domain/instance-state.js';
import type { DueNotice } from '../domain/notice.js';
import type { StoredInstance } from '../store/instance-state.repository.js';

/** Why an episode ended: by itself, its group has no value any more, its rule was edited, or who ended it. */
export type ResolvedBy = 'auto' | 'gone' | 'config_changed' | 'config_deleted' | (string & {});

/** What happened to an episode, as history, timeline and events tell it. */
export interface EpisodeTransition {
  readonly state: 'firing' | 'recovering' | 'acknowledged' | 'resolved';
  /** Why, where it was not the value. */
  readonly reason?: 'no_data' | 'error' | 'gone' | 'config_changed' | 'config_deleted';
  /** Who did it; absent: the engine. */
  readonly who?: string;
  readonly note?: string;
  /** Set when the episode begins: when the condition was first met. */
  readonly opensSince?: number;
  /** Set when the episode ends. */
  readonly resolvedBy?: ResolvedBy;
}

/** The episode a change is about, open or just closed. */
export type ChangedEpisode = Episode & { readonly resolvedValue?: number | null };

/** One change of one instance, decided and ready to be written. */
export interface InstanceChange {
  /** The rule as it was when this was decided. */
  readonly config: AlertConfig;
  /** With the new state. */
  readonly after: StoredInstance;
  /** Null while there is none. */
  readonly episode: ChangedEpisode | null;
  /** Null: only the value, or what is remembered, changed. */
  readonly transition: EpisodeTransition | null;
  readonly notice: DueNotice | null;
}

/** A change that is about an episode, and the id of what it adds to the timeline. */
export interface EpisodeChange extends InstanceChange {
  readonly episode: ChangedEpisode;
  readonly id: string;
}
