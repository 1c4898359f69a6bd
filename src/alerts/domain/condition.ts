import type { AlertRule } from './alert-config.js';
import { robustZ } from './robust-z.js';

/** What a condition needs to know of a rule. */
export type ConditionRule = Pick<AlertRule, 'condition' | 'threshold' | 'recoveryThreshold' | 'minSamples'>;

/**
 * What a value over part of the events says of the one over all of them: that one is at least, or at most, as large; or
 * it may be either way.
 */
export type Bound = 'at_least' | 'at_most' | 'estimate';

/** A metric over one window. */
export interface Figure {
  /** NULL: cannot be computed (a ratio, percentile or average of nothing). */
  readonly value: number | null;
  /** Events behind the value. */
  readonly samples: number;
  /** Set: events of the window are missing, which are still being rolled up. */
  readonly bound?: Bound;
}

/** What was read for one instance of a rule. */
export interface Observation {
  readonly current: Figure;
  /** The window before: for `rate_of_change`. */
  readonly baseline?: Figure;
  /** What is usual at this hour of the week; empty where too little is known: for `anomaly`. */
  readonly history?: readonly number[];
  /** Set: events of the history are missing. */
  readonly historyIsPartial?: boolean;
}

/**
 * The number that is compared with the threshold: the metric itself, the fraction by which it changed, or how far it is
 * from what is usual at this hour. NULL: no data.
 */
export function measure(rule: ConditionRule, observed: Observation): number | null {
  switch (rule.condition) {
    case 'rate_of_change':
      return change(rule, observed);
    case 'anomaly':
      return distance(known(rule, observed.current), observed.history ?? []);
    default:
      return known(rule, observed.current);
  }
}

/** What is missing of the measured number; undefined: nothing. */
export function boundOf(
  { condition }: Pick<ConditionRule, 'condition'>,
  { current, baseline, historyIsPartial }: Observation,
): Bound | undefined {
  switch (condition) {
    case 'rate_of_change':
      // A current window that grows makes the change grow; a baseline that grows may turn it either way.
      return baseline?.bound ? 'estimate' : current.bound;
    case 'anomaly':
      return historyIsPartial || current.bound ? 'estimate' : undefined;
    default:
      return current.bound;
  }
}

/** Whether what is missing can only bring the number further away from the threshold, on its bad or on its good side. */
export function heads(rule: ConditionRule, bound: Bound): 'worse' | 'better' | 'either' {
  if (bound === 'estimate' || rule.condition === 'anomaly') return 'either';
  return (bound === 'at_least') === (oriented(rule, 0).sign === 1) ? 'worse' : 'better';
}

/** Whether the condition is met. */
export function isBreached(rule: ConditionRule, measured: number): boolean {
  const { sign, size } = oriented(rule, measured);
  return sign * size > sign * rule.threshold;
}

/** Whether an alert is over: at or beyond the recovery threshold. Between the two it is neither. */
export function isRecovered(rule: ConditionRule, measured: number): boolean {
  const { sign, size } = oriented(rule, measured);
  return sign * size <= sign * (rule.recoveryThreshold ?? rule.threshold);
}

/** The worse of two numbers of one episode. */
export function furthest(rule: ConditionRule, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  const [one, other] = [oriented(rule, left), oriented(rule, right)];
  return other.sign * other.size > one.sign * one.size ? right : left;
}

/** `sign` −1: smaller is worse. */
function oriented(rule: ConditionRule, measured: number): { sign: 1 | -1; size: number } {
  if (rule.condition === 'anomaly') return { sign: 1, size: Math.abs(measured) };
  const falls = rule.condition === 'threshold_below' || (rule.condition === 'rate_of_change' && rule.threshold < 0);
  return { sign: falls ? -1 : 1, size: measured };
}

function known(rule: ConditionRule, { value, samples }: Figure): number | null {
  return samples < rule.minSamples ? null : value;
}

/** Samples are asked of the baseline alone, so that a fall to nothing is seen. */
function change(rule: ConditionRule, { current, baseline }: Observation): number | null {
  const before = baseline ? known(rule, baseline) : null;
  if (before === null || before === 0 || current.value === null) return null;
  return (current.value - before) / Math.abs(before);
}

function distance(value: number | null, usual: readonly number[]): number | null {
  return value === null || usual.length === 0 ? null : robustZ(value, usual);
}
