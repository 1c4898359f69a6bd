import type { AlertRule } from './alert-config.js';
import { firesAbove } from './rule-checks.js';
import type { MetricFacts } from './metric-facts.js';

/** An accepted event is in every answer within this time. */
const EVENT_LAG_SECONDS = 2;
/** A sample is kept in the bucket of its minute. */
const MINUTE = 60;

/** What is allowed and yet unlikely to be meant. */
export function lintRule(rule: AlertRule, metric: MetricFacts, intervalSeconds: number): string[] {
  return [
    ...lintTimes(rule, metric, intervalSeconds),
    ...lintThreshold(rule, metric),
    ...lintBaseline(rule, metric),
    ...lintAudience(rule),
  ];
}

function lintTimes(rule: AlertRule, metric: MetricFacts, intervalSeconds: number): string[] {
  const warnings: string[] = [];
  const lag = metric.isSampled ? MINUTE + intervalSeconds : EVENT_LAG_SECONDS;
  if (rule.windowSeconds < lag) {
    warnings.push(
      `window_seconds is ${rule.windowSeconds}, shorter than the ${lag} s that ${metric.name} may lag behind: it may see nothing.`,
    );
  }
  if (rule.cooldownSeconds < rule.windowSeconds) {
    warnings.push(
      `cooldown_seconds is ${rule.cooldownSeconds}, shorter than the window of ${rule.windowSeconds} s: the same events may cause several notices.`,
    );
  }
  if (rule.renotifySeconds !== null && rule.renotifySeconds < intervalSeconds) {
    warnings.push(
      `renotify_seconds is ${rule.renotifySeconds}, and rules are evaluated every ${intervalSeconds} s only.`,
    );
  }
  return warnings;
}

/** Nothing of these is ever below 0. */
const NEVER_NEGATIVE: ReadonlySet<string> = new Set(['count', 'ratio', 'ms', 'seconds', 'usd', 'jobs']);

function lintThreshold(rule: AlertRule, { name, unit }: MetricFacts): string[] {
  const { condition, threshold } = rule;
  if (!NEVER_NEGATIVE.has(unit) || condition === 'anomaly') return [];
  if (condition === 'rate_of_change') {
    return threshold <= -1 ? [`${name} cannot fall by more than the whole (−1): the rule never fires.`] : [];
  }
  if (firesAbove(rule)) {
    return threshold < 0 ? [`${name} is never below 0: the rule fires whenever there is data.`] : [];
  }
  return threshold <= 0 ? [`${name} is never below 0: the rule never fires.`] : [];
}

/** There is no rate of change from 0: a rise from nothing is not seen, a fall to nothing for one window only. */
function lintBaseline({ condition, threshold }: AlertRule, { name, isSum }: MetricFacts): string[] {
  if (condition !== 'rate_of_change' || !isSum) return [];
  const blind = threshold > 0 ? 'a rise from 0 is not seen' : 'after a fall to 0 the rule sees nothing more';
  const beside = threshold > 0 ? 'threshold_above' : 'threshold_below';
  return [`${name} has no rate of change after a window with 0: ${blind}. Add a ${beside} rule beside it.`];
}

function lintAudience({ channels, recipients }: AlertRule): string[] {
  const warnings: string[] = [];
  if (channels?.length === 0) warnings.push('channels is empty: alerts are recorded, and nobody is told.');
  if (recipients !== null && recipients.users.length + recipients.teams.length === 0) {
    warnings.push('recipients names nobody; leave it out to tell everybody.');
  }
  return warnings;
}
