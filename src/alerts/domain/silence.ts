import type { Severity } from './alert-config.js';

/** All that are there must hold; labels are a part of the rule's own. */
export interface SilenceMatchers {
  readonly configId?: string;
  readonly severity?: Severity;
  readonly metric?: string;
  /** Of an alert, as the wire names it: `(none)` for events without the dimension. */
  readonly group?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** From `startsAt` to before `endsAt`, notices of what matches are not sent. */
export interface Silence {
  readonly id: string;
  readonly matchers: SilenceMatchers;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Null: it was not ended before its time. */
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
}

export type SilenceState = 'pending' | 'active' | 'expired';

/** What is about to be told: the part of a config that silences look at. */
export interface Silenceable {
  readonly id: string;
  readonly severity: Severity;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function silenceState(
  { startsAt, endsAt, endedAt }: Pick<Silence, 'startsAt' | 'endsAt' | 'endedAt'>,
  at: Date,
): SilenceState {
  if (at >= (endedAt ?? endsAt)) return 'expired';
  return at < startsAt ? 'pending' : 'active';
}

/**
 * @param group of the alert; null: the rule as a whole
 * @param silences those that are active
 */
export function isSilenced(config: Silenceable, group: string | null, silences: readonly Silence[]): boolean {
  return silences.some(({ matchers }) => matches(config, group, matchers));
}

function matches(
  config: Silenceable,
  ofGroup: string | null,
  { configId, severity, metric, group, labels }: SilenceMatchers,
): boolean {
  return (
    (configId === undefined || configId === config.id) &&
    (severity === undefined || severity === config.severity) &&
    (metric === undefined || metric === config.metric) &&
    (group === undefined || group === ofGroup) &&
    Object.entries(labels ?? {}).every(([name, value]) => config.labels[name] === value)
  );
}
