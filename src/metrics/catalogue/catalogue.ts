import { boundOfPart, familyUses, zeroOfNothing, type Expression } from './expression.js';
import { dimensionOf, type Family } from './family.js';
import type { Metric, MetricDescription } from './metric.js';

interface FormulaDimensions {
  readonly filterable: readonly string[];
  readonly groupable: readonly string[];
  /** Those of which one value has to be asked for. */
  readonly oncePer: readonly string[];
}

/** Every family and every metric. Refuses to exist with a formula that names something it does not have. */
export class Catalogue {
  private readonly familiesByName: ReadonlyMap<string, Family>;
  private readonly metricsByName: ReadonlyMap<string, Metric>;
  private readonly dimensionsByFormula = new Map<Expression, FormulaDimensions>();

  constructor(
    readonly families: readonly Family[],
    readonly metrics: readonly Metric[],
  ) {
    this.familiesByName = uniqueByName(families);
    this.metricsByName = uniqueByName(metrics);
    for (const metric of metrics) metric.formulas.forEach((formula) => this.check(metric, formula));
  }

  family(name: string): Family {
    return found(this.familiesByName.get(name), `The catalogue has no family "${name}".`);
  }

  metric(name: string): Metric {
    return found(this.metricsByName.get(name), `The catalogue has no metric "${name}".`);
  }

  hasMetric(name: string): boolean {
    return this.metricsByName.has(name);
  }

  familiesOf(eventType: string): Family[] {
    return this.families.filter((family) => family.eventType === eventType);
  }

  /** Families whose facts can be computed again from events. */
  get eventFamilies(): Family[] {
    return this.families.filter((family) => family.eventType !== null);
  }

  describe({ formulas, ...metric }: Metric): MetricDescription {
    const families = formulas.flatMap(familyUses).map((use) => this.family(use.family));
    const dimensions = this.dimensionsOf({ formulas, ...metric });
    const bounds = new Set(formulas.map(boundOfPart));
    return {
      ...metric,
      dimensions,
      source: families.every((family) => family.eventType === null) ? 'samples' : 'events',
      ofNothing: formulas.every(zeroOfNothing) ? 'zero' : 'no-data',
      partialBound: (bounds.size === 1 ? [...bounds][0] : undefined) ?? 'estimate',
      perCurrency: metric.unit === 'money' && dimensions.includes('currency'),
    };
  }

  /** Every dimension that some formula of the metric can be filtered or grouped by. */
  dimensionsOf(metric: Metric): string[] {
    return [...new Set(metric.formulas.flatMap((formula) => this.formulaDimensions(formula).filterable))];
  }

  /**
   * The first formula of the metric that can be filtered and grouped as asked; undefined when none can.
   * @param several of the filters, those that let more than one value pass
   */
  formulaFor(
    metric: Metric,
    filters: readonly string[],
    groupBy: readonly string[],
    several: readonly string[] = [],
  ): Expression | undefined {
    const single = [...filters.filter((name) => !several.includes(name)), ...groupBy];
    return metric.formulas.find((formula) => {
      const { filterable, groupable, oncePer } = this.formulaDimensions(formula);
      return (
        filters.every((name) => filterable.includes(name)) &&
        groupBy.every((name) => groupable.includes(name)) &&
        oncePer.every((name) => single.includes(name))
      );
    });
  }

  /** Every family that some formula of the metric reads. */
  familiesBehind(metric: Metric): Family[] {
    return [...new Set(metric.formulas.flatMap(familyUses).map((use) => this.family(use.family)))];
  }

  /** The families that a formula reads, and which filters each of them leaves out. */
  usesOf(formula: Expression): (readonly [family: string, ignores: readonly string[]])[] {
    const uses = new Map(familyUses(formula).map(({ key, family, ignores }) => [key, [family, ignores] as const]));
    return [...uses].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, use]) => use);
  }

  /** Asked of every formula of every read, and always the same. */
  private formulaDimensions(formula: Expression): FormulaDimensions {
    const known = this.dimensionsByFormula.get(formula);
    if (known) return known;
    const uses = familyUses(formula).map((use) => ({
      use,
      own: this.family(use.family).dimensions.map(({ name }) => name),
    }));
    const dimensions = {
      filterable: inAll(uses.map(({ use, own }) => [...own, ...use.ignores])),
      groupable: inAll(uses.map(({ use, own }) => own.filter((name) => !use.ignores.includes(name)))),
      oncePer: uses.flatMap(({ use }) => use.oncePer),
    };
    this.dimensionsByFormula.set(formula, dimensions);
    return dimensions;
  }

  private check(metric: Metric, formula: Expression): void {
    for (const use of familyUses(formula)) {
      const family = this.family(use.family);
      const where = Object.keys(use.where).find((name) => !dimensionOf(family, name));
      if (where) throw new Error(`${metric.name}: the family "${family.name}" has no dimension "${where}".`);
      if (use.measure && !family.sums?.[use.measure] && !family.estimates?.[use.measure]) {
        throw new Error(`${metric.name}: the family "${family.name}" has no sum "${use.measure}".`);
      }
    }
  }
}

function inAll(offers: readonly (readonly string[])[]): string[] {
  return (offers[0] ?? []).filter((name) => offers.every((offer) => offer.includes(name)));
}

function uniqueByName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const byName = new Map(items.map((item) => [item.name, item]));
  if (byName.size !== items.length) throw new Error('The catalogue declares a name twice.');
  return byName;
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Error(message);
  return value;
}
