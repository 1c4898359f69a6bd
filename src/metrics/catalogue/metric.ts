import type { Expression, PartialBound } from './expression.js';

/** Units of things that are counted; `items` are pieces of goods. */
export const COUNTED_UNITS = ['count', 'items', 'connections', 'jobs'] as const;
export type CountedUnit = (typeof COUNTED_UNITS)[number];

/** `usd`: costs of AI providers, whatever the shop's currency. `unix_seconds`: a time, in seconds since 1970. */
export type MetricUnit = CountedUnit | 'money' | 'usd' | 'ratio' | 'ms' | 'seconds' | 'unix_seconds';

/** What is counted, as texts write it behind a number: `1 job`, `2 jobs`. */
export interface Noun {
  readonly one: string;
  readonly other: string;
}

/**
 * A metric, declared once. Which dimensions it can be filtered and grouped by follows from the families its formulas
 * use: a read takes the first formula that has all the dimensions asked for, so the cheapest comes first.
 */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** Of metrics in a {@link CountedUnit}, and only of those. */
  readonly noun?: Noun;
  readonly description: string;
  readonly formulas: readonly Expression[];
}

/** What there is to know of a metric without reading it. */
export interface MetricDescription extends Omit<Metric, 'formulas'> {
  /** What it can be filtered by, and with few exceptions grouped. */
  readonly dimensions: readonly string[];
  /** `samples`: measured at every tick of the alert evaluation, with nothing behind it that could be counted again. */
  readonly source: 'events' | 'samples';
  /** Counts and sums of nothing are 0; everything else of nothing has no value. */
  readonly ofNothing: 'zero' | 'no-data';
  /** What a value over part of the events says of the one over all of them. */
  readonly partialBound: PartialBound;
  /** Sums of money are never added up across currencies: unless asked for one, take BASE_CURRENCY. */
  readonly perCurrency: boolean;
}
