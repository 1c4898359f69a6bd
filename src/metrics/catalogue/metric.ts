import type { Expression } from './expression.js';

export type MetricUnit = 'count' | 'money' | 'usd' | 'ratio' | 'ms' | 'seconds' | 'items' | 'connections' | 'jobs';

/**
 * A metric, declared once. Which dimensions it can be filtered and grouped by follows from the families its formulas
 * use: a read takes the first formula that has all the dimensions asked for, so the cheapest comes first.
 */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly description: string;
  readonly formulas: readonly Expression[];
}
