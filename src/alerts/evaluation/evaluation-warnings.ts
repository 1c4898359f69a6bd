import type { AlertConfig } from '../domain/alert-config.js';
import { MAX_INSTANCES } from '../domain/instances.js';

/** A warning stays readable; the groups beyond are counted. */
const NAMED_GROUPS = 100;

const NEXT = {
  none: 'the next one has them',
  whole: 'what depends on them was decided by the window that ended one evaluation before',
  partial:
    'what depends on them was decided by the window that ended one evaluation before, of which events are missing as well',
} as const;

export interface EvaluationTrouble {
  /** Groups beyond the limit. */
  readonly leftOut: readonly string[];
  /** Why the metric could not be read. */
  readonly failure?: string | undefined;
  /** Whether events were missing that are still being rolled up. */
  readonly partial?: boolean | undefined;
  /** What decided instead: all events of the window a tick before, or those of it that were there. */
  readonly earlier?: 'whole' | 'partial' | undefined;
}

/** What people who look at a rule should know of its last evaluation. */
export function warningsOf(
  { groupBy }: Pick<AlertConfig, 'groupBy'>,
  { leftOut, failure, partial, earlier }: EvaluationTrouble,
): string[] {
  const warnings: string[] = [];
  if (leftOut.length > 0) {
    const names = leftOut.slice(0, NAMED_GROUPS).join(', ');
    const rest = leftOut.length > NAMED_GROUPS ? ` and ${leftOut.length - NAMED_GROUPS} more` : '';
    warnings.push(`${groupBy} has more than ${MAX_INSTANCES} values; not evaluated: ${names}${rest}`);
  }
  if (failure !== undefined) warnings.push(`The last evaluation failed: ${failure}`);
  if (partial)
    warnings.push(`The last evaluation lacked events that are still being rolled up; ${NEXT[earlier ?? 'none']}.`);
  return warnings;
}
