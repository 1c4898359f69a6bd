import type { FieldError } from '../../platform/errors/index.js';
import type { AlertRule } from './alert-config.js';
import { ANOMALY_WINDOW_SECONDS, LIMITS } from './limits.js';
import type { MetricFacts } from './metric-facts.js';

/** More values than this are not listed to somebody who got one wrong. */
const VALUES_NAMED = 12;

/** Everything that is wrong with a rule and that its form alone does not show; paths are the wire's names. */
export function checkRule(rule: AlertRule, metric: MetricFacts | undefined): FieldError[] {
  return [
    ...(metric === undefined
      ? [error('metric', `is not a metric; /alerts/metrics lists them`)]
      : [...checkDimensions(rule, metric), ...checkUnit(rule, metric)]),
    ...checkThreshold(rule),
    ...checkRecovery(rule),
    ...checkTexts(rule),
  ];
}

function checkDimensions(rule: AlertRule, metric: MetricFacts): FieldError[] {
  const errors = Object.entries(rule.filters).flatMap(([name, value]) => checkFilter(name, value, metric));
  if (rule.groupBy !== null && !metric.dimensions.includes(rule.groupBy)) {
    errors.push(error('group_by', notADimension(metric)));
  }
  if (Object.keys(rule.filters).length > LIMITS.filters) {
    errors.push(error('filters', `must not have more than ${LIMITS.filters} entries`));
  }
  if (errors.length > 0 || metric.canRead(Object.keys(rule.filters), groupsOf(rule))) return errors;
  const asked = [...new Set([...Object.keys(rule.filters), ...groupsOf(rule)])].join(', ');
  return [
    rule.groupBy === null || metric.canRead([...Object.keys(rule.filters), rule.groupBy], [])
      ? error(rule.groupBy === null ? 'filters' : 'group_by', `${metric.name} cannot be read by ${asked} like this`)
      : error('filters', `${metric.name} cannot be read by ${asked} together`),
  ];
}

const groupsOf = ({ groupBy }: AlertRule): string[] => (groupBy === null ? [] : [groupBy]);

function checkFilter(name: string, value: unknown, metric: MetricFacts): FieldError[] {
  const path = `filters.${shortened(name)}`;
  if (!metric.dimensions.includes(name)) return [error(path, notADimension(metric))];
  if (!isText(value, LIMITS.valueLength))
    return [error(path, `must be a text of 1 to ${LIMITS.valueLength} characters`)];
  const reason = metric.unmatchable(name, value);
  if (reason !== undefined) return [error(path, reason)];
  const known = metric.valuesOf(name);
  if (known === undefined || known.includes(value)) return [];
  return [error(path, known.length > VALUES_NAMED ? `is not a known ${name}` : `must be one of ${known.join(', ')}`)];
}

function notADimension({ name, dimensions }: MetricFacts): string {
  if (dimensions.length === 0) return `is not a dimension of ${name}, which has none`;
  return `is not a dimension of ${name}; those are ${dimensions.join(', ')}`;
}

/** A ratio above 1 is a percentage by mistake: such a rule would never fire. */
function checkUnit({ condition, threshold, recoveryThreshold }: AlertRule, { unit }: MetricFacts): FieldError[] {
  if (unit !== 'ratio' || (condition !== 'threshold_above' && condition !== 'threshold_below')) return [];
  const outside = (value: number | null): boolean => value !== null && (value < 0 || value > 1);
  return [
    ...(outside(threshold) ? [error('threshold', 'is a fraction from 0 to 1 (0.05 is 5 %)')] : []),
    ...(outside(recoveryThreshold) ? [error('recovery_threshold', 'is a fraction from 0 to 1 (0.05 is 5 %)')] : []),
  ];
}

function checkThreshold({ condition, threshold, windowSeconds }: AlertRule): FieldError[] {
  if (condition === 'rate_of_change' && threshold === 0) {
    return [error('threshold', 'must not be 0: its sign says whether a rise or a fall is meant')];
  }
  if (condition !== 'anomaly') return [];
  const errors: FieldError[] = [];
  if (threshold <= 0) errors.push(error('threshold', 'must be above 0: it is a distance in either direction'));
  if (windowSeconds % ANOMALY_WINDOW_SECONDS !== 0) {
    errors.push(error('window_seconds', `must be a multiple of ${ANOMALY_WINDOW_SECONDS} for anomaly`));
  }
  return errors;
}

function checkRecovery(rule: AlertRule): FieldError[] {
  const { recoveryThreshold: recovery, threshold, condition } = rule;
  if (recovery === null) return [];
  if (condition === 'anomaly' && recovery < 0) return [error('recovery_threshold', 'must not be below 0')];
  const side = firesAbove(rule) ? 'above' : 'below';
  const isWrong = side === 'above' ? recovery > threshold : recovery < threshold;
  if (!isWrong) return [];
  return [error('recovery_threshold', `must not be ${side} threshold, or a firing rule would count as recovered`)];
}

/** Whether higher values are the bad ones. */
export function firesAbove({ condition, threshold }: Pick<AlertRule, 'condition' | 'threshold'>): boolean {
  return condition === 'rate_of_change' ? threshold > 0 : condition !== 'threshold_below';
}

function checkTexts({ name, runbookUrl, labels }: AlertRule): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(error('name', 'must not be blank'));
  if (runbookUrl !== null && !isHttps(runbookUrl)) errors.push(error('runbook_url', 'must be an https address'));
  errors.push(...checkLabels(labels, 'labels'));
  return errors;
}

/** A map of texts. @param path of the map itself */
export function checkLabels(labels: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  const entries = Object.entries(labels);
  if (entries.length > LIMITS.labels) return [error(path, `must not have more than ${LIMITS.labels} entries`)];
  return entries.flatMap(([key, value]) => {
    if (!isText(key, LIMITS.labelKeyLength)) {
      return [error(path, `names must have 1 to ${LIMITS.labelKeyLength} characters`)];
    }
    if (isText(value, LIMITS.valueLength)) return [];
    return [error(`${path}.${key}`, `must be a text of 1 to ${LIMITS.valueLength} characters`)];
  });
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function isHttps(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:';
}

const shortened = (name: string): string => (name.length > LIMITS.labelKeyLength ? `${name.slice(0, 100)}…` : name);

const error = (path: string, message: string): FieldError => ({ path, message });
