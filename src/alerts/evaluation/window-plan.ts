import { foldField } from '../../events/index.js';
import type { Catalogue, Metric } from '../../metrics/index.js';
import type { AlertConfig, AlertRule } from '../domain/alert-config.js';

/** One read of a metric: over one window, cut by the dimensions that any rule needs. Serves every rule that fits. */
export interface WindowRead {
  readonly key: string;
  readonly metric: string;
  readonly windowMs: number;
  /** How long before the tick the window ends. */
  readonly offsetMs: number;
  /** Instead of one window: the same hours of earlier days. */
  readonly history: boolean;
  readonly groupBy: readonly string[];
  /** Dimension → values that some rule asks for; '' stands for none. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

/** The plan of a rule for the window that ended a tick before. What is usual at an hour is the same. */
export function earlierPlan(plan: RulePlan): RulePlan {
  return {
    ...plan,
    current: earlierKey(plan.current),
    ...(plan.baseline !== undefined && { baseline: earlierKey(plan.baseline) }),
  };
}

/** The same read over the window that ended a tick before. */
export function earlierRead(read: WindowRead, intervalMs: number): WindowRead {
  return { ...read, key: earlierKey(read.key), offsetMs: read.offsetMs + intervalMs };
}

function earlierKey(key: string): string {
  return `${key} a tick before`;
}

/** One read of which groups had data in the last 24 hours. Serves every rule that groups and filters alike. */
export interface SeenRead {
  readonly key: string;
  readonly metric: string;
  readonly offsetMs: number;
  readonly groupBy: readonly string[];
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** The shortest window of these rules: what is younger shows in their windows. */
  readonly windowMs: number;
}

/** Which reads answer a rule, and which of their rows are its own. */
export interface RulePlan {
  readonly config: AlertConfig;
  readonly current: string;
  readonly baseline?: string;
  readonly history?: string;
  /** Of a rule with groups. */
  readonly seen?: string;
  /** All filters of the rule. */
  readonly allFilters: Readonly<Record<string, string>>;
  /** Of the dimensions that the reads are cut by. */
  readonly filters: Readonly<Record<string, string>>;
}

export interface WindowPlan {
  readonly reads: readonly WindowRead[];
  readonly seenReads: readonly SeenRead[];
  readonly rules: readonly RulePlan[];
  /** Rules whose metric or dimensions the catalogue does not know (any more). */
  readonly unknown: readonly AlertConfig[];
}

type Part = Pick<WindowRead, 'offsetMs' | 'history'>;

/**
 * The fewest reads that answer all rules: one per metric, window and grouping. Rules that filter the same metric
 * differently share a read that is grouped by what they filter by.
 */
export function planWindows(catalogue: Catalogue, configs: readonly AlertConfig[], baseCurrency: string): WindowPlan {
  const reads = new ReadTable();
  const seenReads = new SeenTable();
  const rules: RulePlan[] = [];
  const unknown: AlertConfig[] = [];
  for (const config of configs) {
    const cut = cutOf(catalogue, config, baseCurrency);
    if (!cut) {
      unknown.push(config);
      continue;
    }
    const [current, other] = partsOf(config).map((part) => reads.add(config, cut, part));
    if (current === undefined) continue;
    const extra = config.condition === 'anomaly' ? { history: other } : { baseline: other };
    const seen = config.groupBy === null ? {} : { seen: seenReads.add(config, cut) };
    const allFilters = { ...cut.grouped, ...cut.fixed };
    rules.push({ config, current, filters: cut.grouped, allFilters, ...seen, ...(other !== undefined && extra) });
  }
  return { reads: reads.all(), seenReads: seenReads.all(), rules, unknown };
}

/**
 * Filters a rule stands for, as events are stored: rules from before they were folded may have them written another way.
 * Money is never added up across currencies.
 */
export function filtersOf(catalogue: Catalogue, rule: AlertRule, baseCurrency: string): Record<string, string> {
  const { perCurrency } = catalogue.describe(catalogue.metric(rule.metric));
  const filters = Object.fromEntries(
    Object.entries(rule.filters).map(([name, value]) => {
      const folded = foldField(name, value);
      return [name, 'value' in folded ? folded.value : value];
    }),
  );
  const ownCurrency = rule.groupBy === 'currency' || 'currency' in rule.filters;
  return perCurrency && !ownCurrency ? { ...filters, currency: baseCurrency } : filters;
}

interface Cut {
  /** What the facts behind the metric are read from: metrics of the same families have the same groups. */
  readonly families: string;
  readonly groupBy: readonly string[];
  /** Filters by a dimension that the read is grouped by. */
  readonly grouped: Readonly<Record<string, string>>;
  /** Filters by a dimension that cannot be grouped by: such a read is shared only by rules that ask for the same value. */
  readonly fixed: Readonly<Record<string, string>>;
}

function cutOf(catalogue: Catalogue, rule: AlertRule, baseCurrency: string): Cut | undefined {
  if (!catalogue.hasMetric(rule.metric)) return undefined;
  const metric = catalogue.metric(rule.metric);
  const filters = filtersOf(catalogue, rule, baseCurrency);
  const own = rule.groupBy === null ? [] : [rule.groupBy];
  const formula = catalogue.formulaFor(metric, Object.keys(filters), own);
  if (!formula) return undefined;
  const names = groupable(catalogue, metric, { filters: Object.keys(filters), own });
  const pick = (isIn: boolean): Record<string, string> =>
    Object.fromEntries(Object.entries(filters).filter(([name]) => names.has(name) === isIn));
  return {
    families: JSON.stringify(catalogue.usesOf(formula)),
    groupBy: [...new Set([...names, ...own])].sort(),
    grouped: pick(true),
    fixed: pick(false),
  };
}

/** Filters that may as well be groups: one by one, as long as it stays the same formula. */
function groupable(
  catalogue: Catalogue,
  metric: Metric,
  { filters, own }: { filters: readonly string[]; own: readonly string[] },
): Set<string> {
  const formula = catalogue.formulaFor(metric, filters, own);
  const names = new Set<string>();
  for (const name of filters) {
    if (catalogue.formulaFor(metric, filters, [...own, ...names, name]) === formula) names.add(name);
  }
  return names;
}

/** What a rule has to know: the window, and what it is compared with. */
function partsOf({ condition, windowSeconds, evaluationDelaySeconds }: AlertRule): Part[] {
  const offsetMs = evaluationDelaySeconds * 1_000;
  const current = { offsetMs, history: false };
  if (condition === 'rate_of_change') return [current, { offsetMs: offsetMs + windowSeconds * 1_000, history: false }];
  return condition === 'anomaly' ? [current, { offsetMs, history: true }] : [current];
}

class ReadTable {
  private readonly reads = new Map<string, { read: Omit<WindowRead, 'filters'>; fixed: Cut['fixed']; cuts: Cut[] }>();

  add(rule: AlertRule, cut: Cut, part: Part): string {
    const windowMs = rule.windowSeconds * 1_000;
    const key = JSON.stringify([rule.metric, windowMs, part.offsetMs, part.history, cut.groupBy, cut.fixed]);
    const known = this.reads.get(key);
    if (known) known.cuts.push(cut);
    else {
      const read = { key, metric: rule.metric, windowMs, ...part, groupBy: cut.groupBy };
      this.reads.set(key, { read, fixed: cut.fixed, cuts: [cut] });
    }
    return key;
  }

  all(): WindowRead[] {
    return [...this.reads.values()].map(({ read, fixed, cuts }) => ({ ...read, filters: joined(fixed, cuts) }));
  }
}

class SeenTable {
  private readonly reads = new Map<
    string,
    { first: Omit<SeenRead, 'filters' | 'windowMs'>; rules: [AlertRule, Cut][] }
  >();

  add(rule: AlertRule, cut: Cut): string {
    const offsetMs = rule.evaluationDelaySeconds * 1_000;
    const key = JSON.stringify([cut.families, offsetMs, cut.groupBy, cut.fixed]);
    const known = this.reads.get(key);
    if (known) known.rules.push([rule, cut]);
    else {
      const first = { key, metric: rule.metric, offsetMs, groupBy: cut.groupBy };
      this.reads.set(key, { first, rules: [[rule, cut]] });
    }
    return key;
  }

  all(): SeenRead[] {
    return [...this.reads.values()].map(({ first, rules }) => {
      const cuts = rules.map(([, cut]) => cut);
      const windowMs = Math.min(...rules.map(([{ windowSeconds }]) => windowSeconds * 1_000));
      return { ...first, filters: joined(cuts[0]?.fixed ?? {}, cuts), windowMs };
    });
  }
}

/** Values of the dimensions that every rule filters by; one that groups by it needs them all. */
function joined(fixed: Cut['fixed'], cuts: readonly Cut[]): Record<string, string[]> {
  const filters = Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, [value]]));
  for (const name of Object.keys(cuts[0]?.grouped ?? {})) {
    const values = cuts.map(({ grouped }) => grouped[name]);
    const known = values.filter((value) => value !== undefined);
    if (known.length === values.length) filters[name] = [...new Set(known)];
  }
  return filters;
}
