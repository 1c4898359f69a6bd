import type { AlertConfig, AlertRule } from './alert-config.js';

/**
 * Whether an edit makes what is known of the rule's instances worthless: it asks another question now, or none at all.
 * Every other edit (threshold, for, cooldown, whom to tell, …) keeps state, open episodes included.
 */
export function resetsState(before: AlertConfig, after: AlertRule): boolean {
  return (
    before.metric !== after.metric ||
    before.condition !== after.condition ||
    before.windowSeconds !== after.windowSeconds ||
    before.groupBy !== after.groupBy ||
    !sameMap(before.filters, after.filters) ||
    (before.enabled && !after.enabled)
  );
}

type Map = Readonly<Record<string, string>>;

function sameMap(a: Map, b: Map): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
