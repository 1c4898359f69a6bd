import type { AlertRule } from './alert-config.js';
import { boundOf, measure, type ConditionRule, type Observation } from './condition.js';
import type { InstanceState, Outcome } from './instance-state.js';

/**
 * What was read for one value of `group_by`. `group` is null without `group_by`; with it, null says that no group has ever
 * had data.
 */
export interface GroupObservation {
  readonly group: string | null;
  readonly observation: Observation;
  /** The group had data in the last 24 hours, and none in the window. */
  readonly isSilent?: boolean;
}

/** What became of one instance at one evaluation. */
export interface InstanceOutcome {
  readonly instance: string;
  readonly group: string | null;
  readonly outcome: Outcome;
  /** Of the window that ended a tick before, when `outcome` lacks events. */
  readonly earlier?: Outcome;
}

export interface Outcomes {
  readonly outcomes: readonly InstanceOutcome[];
  /** Groups beyond the limit: not evaluated. */
  readonly leftOut: readonly string[];
}

/** What is remembered of an instance. */
export interface KnownInstance {
  readonly group: string | null;
  readonly state: InstanceState;
}

type InstanceRule = ConditionRule & Pick<AlertRule, 'groupBy' | 'noData'>;

/** The group of events that lack the dimension. */
export const NO_GROUP = '(none)';
/** A group without data in the window is evaluated for so long after its last event. */
export const GROUP_MEMORY_MS = 24 * 3_600_000;

/** The instance of a rule without groups. Of one with groups: there has never been one, or they cannot be read. */
export const WHOLE = '';
export const MAX_INSTANCES = 1_000;

export function instanceOf(group: string | null): string {
  return group === null ? WHOLE : `=${group}`;
}

/**
 * One outcome for every instance that was read or is known. `observed` is null when the metric could not be read.
 * @param partial events are missing: what was not seen may be among them
 */
export function outcomesOf(
  rule: InstanceRule,
  observed: readonly GroupObservation[] | null,
  known: ReadonlyMap<string, KnownInstance>,
  partial = false,
): Outcomes {
  if (observed === null) return { outcomes: unreadable(known), leftOut: [] };
  const absent: Outcome = { kind: partial ? 'unknown' : 'gone' };
  const { kept, leftOut } = withinLimit(observed, known);
  const outcomes = kept.map((one) => ({
    instance: instanceOf(one.group),
    group: one.group,
    outcome: outcomeOf(rule, one),
  }));
  const seen = new Set(outcomes.map(({ instance }) => instance));
  return { outcomes: [...outcomes, ...othersOf(known, seen, absent)], leftOut };
}

/**
 * Adds what the window that ended a tick before says to outcomes that lack events. A group that only that window shows is
 * unknown in the current one, unless it is beyond the limit.
 */
export function withEarlier({ outcomes, leftOut }: Outcomes, earlier: readonly InstanceOutcome[]): InstanceOutcome[] {
  const before = new Map(earlier.map((one) => [one.instance, one]));
  const both = outcomes.map((one) => {
    const found = before.get(one.instance);
    return found ? { ...one, earlier: found.outcome } : one;
  });
  const seen = new Set(outcomes.map(({ instance }) => instance));
  const others = leftOut.length > 0 ? [] : earlier.filter(({ instance }) => !seen.has(instance));
  return [
    ...both,
    ...others.map(({ instance, group, outcome }) => ({
      instance,
      group,
      outcome: { kind: 'unknown' } as const,
      earlier: outcome,
    })),
  ];
}

/**
 * Counts and sums of a silent group are 0; what has no value then follows `no_data`, where `ok` ends it at once. While
 * events are missing, some of them may be the group's.
 */
function outcomeOf(rule: InstanceRule, observed: GroupObservation): Outcome {
  const value = measuredOf(rule, observed);
  const bound = boundOf(rule, observed.observation);
  if (value !== null) return { kind: 'value', value, ...(bound && { bound }) };
  if (bound) return { kind: 'unknown' };
  return observed.isSilent && rule.noData === 'ok' ? { kind: 'gone' } : { kind: 'no_data' };
}

/** The number that is compared with the threshold; null: no data. */
export function measuredOf(rule: InstanceRule, { group, observation }: GroupObservation): number | null {
  return group === null && rule.groupBy !== null ? null : measure(rule, observation);
}

function unreadable(known: ReadonlyMap<string, KnownInstance>): InstanceOutcome[] {
  if (known.size === 0) return [whole({ kind: 'error' })];
  return [...known].map(([instance, { group }]) => ({ instance, group, outcome: { kind: 'error' } }));
}

/** Known instances that were not seen. */
function othersOf(
  known: ReadonlyMap<string, KnownInstance>,
  seen: ReadonlySet<string>,
  outcome: Outcome,
): InstanceOutcome[] {
  return [...known]
    .filter(([instance]) => !seen.has(instance))
    .map(([instance, { group }]) => ({ instance, group, outcome }));
}

function whole(outcome: Outcome): InstanceOutcome {
  return { instance: WHOLE, group: null, outcome };
}

/** What is known stays, then what has data, then by name, so that the same groups are evaluated every time. */
function withinLimit(
  observed: readonly GroupObservation[],
  known: ReadonlyMap<string, KnownInstance>,
): { kept: readonly GroupObservation[]; leftOut: string[] } {
  if (observed.length <= MAX_INSTANCES) return { kept: observed, leftOut: [] };
  const rank = ({ group, isSilent }: GroupObservation): number => (known.has(instanceOf(group)) ? 0 : isSilent ? 2 : 1);
  const sorted = [...observed].sort(
    (left, right) => rank(left) - rank(right) || ((left.group ?? '') < (right.group ?? '') ? -1 : 1),
  );
  return { kept: sorted.slice(0, MAX_INSTANCES), leftOut: sorted.slice(MAX_INSTANCES).map(({ group }) => group ?? '') };
}
