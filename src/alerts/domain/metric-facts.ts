/** What a rule's fields are checked against. */
export interface MetricFacts {
  readonly name: string;
  readonly unit: string;
  readonly dimensions: readonly string[];
  /** A count or sum: of nothing it is 0, where other metrics have no data. */
  readonly isSum: boolean;
  /** Sampled every tick, not made of events. */
  readonly isSampled: boolean;
  /** The only values that a dimension can have; undefined where they are free. */
  valuesOf(dimension: string): readonly string[] | undefined;
  /** Why no event can have this value of a dimension; undefined where one can. */
  unmatchable(dimension: string, value: string): string | undefined;
  /** Whether some formula of the metric has all of these. */
  canRead(filters: readonly string[], groupBy: readonly string[]): boolean;
}
