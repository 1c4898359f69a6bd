import { Injectable } from '@nestjs/common';
import { EVENT_SCHEMAS, foldField, type EventType } from '../events/index.js';
import { Catalogue, type Family } from '../metrics/index.js';
import type { AlertNotice } from '../notifications/index.js';
import { AppConfig } from '../platform/config/index.js';
import type { AlertRule } from './domain/alert-config.js';
import type { AlertMetricDto } from './dto/alert-metric.dto.js';
import type { MetricFacts } from './domain/metric-facts.js';

/** Of gauges that show how things stand at the end of the window, not what was over it. */
const LAST_KNOWN: ReadonlySet<string> = new Set(['last', 'at']);
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** The metrics that a rule may watch: all of the catalogue. */
@Injectable()
export class AlertCatalogue {
  private readonly factsByName: ReadonlyMap<string, MetricFacts>;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly config: AppConfig,
  ) {
    this.factsByName = new Map(catalogue.metrics.map(({ name }) => [name, this.read(name)]));
  }

  list(): AlertMetricDto[] {
    return this.catalogue.metrics.map((metric) => {
      const { name, unit, description, dimensions, source } = this.catalogue.describe(metric);
      return { name, unit, description, dimensions: [...dimensions], source };
    });
  }

  facts(name: string): MetricFacts | undefined {
    return this.factsByName.get(name);
  }

  /** What the numbers of a rule are counted in, for messages about one of its groups. */
  measureOf(
    { metric: name, filters, groupBy }: Pick<AlertRule, 'metric' | 'filters' | 'groupBy'>,
    group: string | null,
  ): Pick<AlertNotice, 'unit' | 'noun' | 'currency' | 'isLastKnown'> {
    // A rule outlives its metric.
    if (!this.catalogue.hasMetric(name)) return { unit: '' };
    const { unit, noun, formulas } = this.catalogue.metric(name);
    const isLastKnown = formulas.every((formula) => formula.kind === 'gauge' && LAST_KNOWN.has(formula.over));
    if (unit !== 'money') return { unit, ...(noun && { noun }), ...(isLastKnown && { isLastKnown }) };
    const { baseCurrency } = this.config.business;
    return { unit, currency: filters.currency ?? (groupBy === 'currency' ? group : baseCurrency) };
  }

  private read(name: string): MetricFacts {
    const metric = this.catalogue.metric(name);
    const { unit, dimensions, source, ofNothing } = this.catalogue.describe(metric);
    const families = this.catalogue.familiesBehind(metric);
    return {
      name,
      unit,
      dimensions,
      isSum: ofNothing === 'zero',
      isSampled: source === 'samples',
      unmatchable: (dimension, value) => {
        const folded = foldField(dimension, value);
        return 'error' in folded ? folded.error : undefined;
      },
      valuesOf: (dimension) => knownValues(families, dimension),
      canRead: (filters, groupBy) => this.catalogue.formulaFor(metric, filters, groupBy) !== undefined,
    };
  }
}

/** What the events' own schema allows, where it allows only some values. */
function knownValues(families: readonly Family[], name: string): readonly string[] | undefined {
  if (name === 'status_class') return STATUS_CLASSES;
  const values = families.map((family) => valuesInEvents(family, name));
  return values.includes(undefined) ? undefined : [...new Set(values.flatMap((known) => known ?? []))];
}

function valuesInEvents(family: Family, name: string): readonly string[] | undefined {
  const dimension = family.dimensions.find((candidate) => candidate.name === name);
  // A family may leave a dimension out that another one of the metric has: it has no say in its values.
  if (dimension === undefined) return [];
  const column = /^e\.(\w+)$/.exec(dimension.sql)?.[1];
  if (column === undefined || family.eventType === null) return undefined;
  const { properties } = EVENT_SCHEMAS[family.eventType as EventType] as {
    properties: Record<string, { enum?: string[] }>;
  };
  return properties[column]?.enum;
}
