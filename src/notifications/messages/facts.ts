import type { AlertView } from '../domain/alert-view.js';

/** The figures of an alert, as a table of two columns. */
export function factsOf(view: AlertView): (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [
    ['Metric', view.metric],
    ['Filters', view.filters],
    ['Rule', view.rule],
    ...(view.isResolved ? resolvedFacts(view) : firingFacts(view)),
  ];
  return facts.filter(([, value]) => value !== '');
}

function firingFacts(view: AlertView): (readonly [string, string])[] {
  return [
    ['Value', view.value],
    ['Threshold', view.threshold],
    ['Fired', view.triggeredAt],
  ];
}

function resolvedFacts(view: AlertView): (readonly [string, string])[] {
  return [
    ['Was', `${view.value} (${view.furthest})`],
    ['Now', view.resolvedValue],
    ['Threshold', view.threshold],
    ['Fired', view.triggeredAt],
    ['Resolved', `${view.resolvedAt} after ${view.lasted}, ${view.resolvedBy}`],
  ];
}
