import type { Catalogue } from './catalogue/catalogue.js';
import { familyUses, type Expression, type FamilyUse, type Gauge } from './catalogue/expression.js';
import type { Family } from './catalogue/family.js';
import type { Metric } from './catalogue/metric.js';
import { InvalidInputError } from '../platform/errors/index.js';
import type { StateNeeds } from './store/state-query.js';

/** Dimension → values that count; '' stands for none. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** One query of states, and the keys under which formulas look for its answer. */
export interface FamilyRead {
  readonly family: Family;
  readonly dimensions: readonly string[];
  readonly filters: Filters;
  readonly needs: StateNeeds;
  readonly keys: readonly string[];
  /** How far before the end of the range it begins, if that is earlier than its start. */
  readonly knownForDays: number | undefined;
  /** Sums that are estimated from those that are read. */
  readonly estimates: readonly string[];
}

export interface ReadPlan {
  readonly formulas: ReadonlyMap<string, Expression>;
  readonly reads: readonly FamilyRead[];
}

/** Which formula answers each metric, and the fewest state queries that feed them all. @throws InvalidInputError */
export function planRead(
  catalogue: Catalogue,
  metrics: readonly string[],
  filters: Filters,
  groupBy: readonly string[],
): ReadPlan {
  const formulas = new Map(
    metrics.map((name) => [name, chosenFormula(catalogue, catalogue.metric(name), filters, groupBy)]),
  );
  const groups = new Map<string, FamilyUse[]>();
  for (const use of [...formulas.values()].flatMap(familyUses)) {
    const signature = JSON.stringify([use.family, Object.keys(filtersOf(use, filters)), use.gauge?.knownForDays]);
    groups.set(signature, [...(groups.get(signature) ?? []), use]);
  }
  const reads = [...groups.values()].map((uses) => familyRead(catalogue, uses, filters, groupBy));
  return { formulas, reads };
}

function chosenFormula(catalogue: Catalogue, metric: Metric, filters: Filters, groupBy: readonly string[]): Expression {
  const names = Object.keys(filters);
  const several = names.filter((name) => filters[name]?.length !== 1);
  const formula = catalogue.formulaFor(metric, names, groupBy, several);
  if (formula) return formula;
  const has = catalogue.dimensionsOf(metric).join(', ') || 'none';
  throw new InvalidInputError([
    {
      path: 'filters',
      message: `${metric.name} cannot be cut by ${[...names, ...groupBy].join(', ')}; it has: ${has}`,
    },
  ]);
}

function familyRead(
  catalogue: Catalogue,
  uses: readonly FamilyUse[],
  filters: Filters,
  groupBy: readonly string[],
): FamilyRead {
  const [first] = uses;
  if (!first) throw new Error('A family read needs a use.');
  const family = catalogue.family(first.family);
  const estimates = [...new Set(uses.flatMap(({ measure }) => measure ?? []))].filter(
    (name) => family.estimates?.[name],
  );
  const bases = estimates.flatMap((name) => family.estimates?.[name] ?? []);
  const own = uses.flatMap((use) => [...Object.keys(use.where), ...(use.gauge?.series ?? [])]);
  const needs = needsOf(uses);
  const sums = needs.sums.filter((name) => !estimates.includes(name));
  return {
    family,
    dimensions: [...new Set([...groupBy, ...own, ...bases.flatMap(({ dimensions }) => dimensions)])],
    filters: filtersOf(first, filters),
    needs: { ...needs, sums: [...new Set([...sums, ...bases.flatMap((base) => base.sums)])] },
    estimates,
    keys: [...new Set(uses.map(({ key }) => key))],
    knownForDays: first.gauge?.knownForDays,
  };
}

function filtersOf(use: FamilyUse, filters: Filters): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => !use.ignores.includes(name)));
}

function needsOf(uses: readonly FamilyUse[]): StateNeeds {
  return {
    sums: [...new Set(uses.flatMap((use) => use.measure ?? []))],
    value: uses.some(({ leaf, gauge }) => leaf === 'value' || leaf === 'percentile' || isOf(gauge, 'avg', 'max')),
    sketch: uses.some((use) => use.leaf === 'percentile'),
    distinct: uses.some((use) => use.leaf === 'distinct'),
    last: uses.some(({ gauge }) => isOf(gauge, 'last', 'at')),
  };
}

function isOf(gauge: Gauge | undefined, ...over: Gauge['over'][]): boolean {
  return gauge !== undefined && over.includes(gauge.over);
}
