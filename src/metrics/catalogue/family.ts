/**
 * A family says how raw events of one type become *facts* that can be added up: which dimensions a fact has, what is
 * measured on it, and whose distinct number is asked. The rollup builder and the raw reads both derive their SQL from it.
 * The expressions are SQL over the alias `e` (a row of analytics_events) and whatever `joins` adds.
 *
 * The facts of a *sampled* family are what MetricSampler measured: they stand in minute rollups, and nothing behind them.
 */
export interface Family {
  readonly name: string;
  readonly description: string;
  /** null: sampled. */
  readonly eventType: string | null;
  /** Extra joins that turn one event into its facts, e.g. an order into its collections. */
  readonly joins?: string;
  /** Which events count at all, e.g. no test orders. */
  readonly where?: string;
  /** A new one goes to the end: rollups hold the values in this order, and older rows have none of it. */
  readonly dimensions: readonly Dimension[];
  /** The measured value: gets count, sum, min, max and, with `sketch`, percentiles. NULL: the fact has none. */
  readonly value?: ValueMeasure;
  /** Further additive figures, kept as exact `numeric` sums. */
  readonly sums?: Readonly<Record<string, string>>;
  /**
   * What rows written before a sum was added to the family count as having of it: SQL over the alias `r`, a row of
   * analytics_rollups. Absent: 0.
   */
  readonly sumsBefore?: Readonly<Record<string, string>>;
  /** Sums that are worked out on read from others of the same facts, by what a feature knows; see Estimates. */
  readonly estimates?: Readonly<Record<string, Estimate>>;
  /** Text expression whose distinct values are counted; NULL is nobody. */
  readonly distinct?: string;
  /**
   * The sets of dimensions by whose values the first time of each value of `distinct` is kept, longer than its events: see
   * first-seen.repository.ts.
   */
  readonly firstSeen?: readonly (readonly string[])[];
  /** Which expression's last known value is kept. */
  readonly last?: string;
  /** What its events tell of products; the latest is kept for good, see ProductLabelRepository. */
  readonly productLabels?: ProductLabelSource;
}

/** SQL text expressions over `e` and `joins`; a name or collection that is NULL tells nothing. */
export interface ProductLabelSource {
  readonly joins?: string;
  readonly product: string;
  readonly name?: string;
  readonly collection: string;
}

export interface Dimension {
  readonly name: string;
  /** SQL text expression; NULL is folded to '' so that it never stands in a key. */
  readonly sql: string;
  /** Distinct values a family keeps a day; the rest folds into `__other__`. */
  readonly cap: number;
}

/** What an estimate is made of. */
export interface Estimate {
  /** Names of the family's sums. */
  readonly sums: readonly string[];
  /** Dimensions that tell apart what is estimated differently. */
  readonly dimensions: readonly string[];
}

export interface ValueMeasure {
  readonly sql: string;
  readonly unit: string;
  readonly sketch: boolean;
}

/** Where values beyond a dimension's cap go. */
export const OTHER_VALUE = '__other__';

/** Caps of DESIGN.md: what one family may hold of a dimension in a day. */
export const DIMENSION_CAPS = { product: 20_000, route: 2_000, other: 200 } as const;

export function dimension(name: string, sql: string, cap: number = DIMENSION_CAPS.other): Dimension {
  return { name, sql, cap };
}

/** No event stands behind a sample, so this is never computed. */
const NOT_AN_EVENT = 'NULL::float8';

/** A level that is measured now and then: count, sum, min, max and the last one are kept of it. */
export function sampledFamily(
  name: string,
  description: string,
  { unit, dimensions }: { unit: string; dimensions: readonly string[] },
): Family {
  return {
    name,
    description,
    eventType: null,
    dimensions: dimensions.map((dimensionName) => dimension(dimensionName, NOT_AN_EVENT)),
    value: { sql: NOT_AN_EVENT, unit, sketch: false },
    last: NOT_AN_EVENT,
  };
}

/**
 * Whether a bucket of the family also keeps one row that adds up all the others, under no dimensions at all: what asks
 * for neither filter nor group then reads one row a bucket, however many groups there are, and what was read before knows
 * by it whether the bucket was written since. Samples are written row by row.
 */
export function keepsTotals(family: Family): boolean {
  return family.eventType !== null && family.dimensions.length > 0;
}

export function dimensionOf(family: Family, name: string): Dimension | undefined {
  return family.dimensions.find((candidate) => candidate.name === name);
}
