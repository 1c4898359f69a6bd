import type { Decimal } from './decimal.js';
import { DistinctSketch } from './distinct-sketch.js';
import { QuantileSketch } from './quantile-sketch.js';

/**
 * What is known of a set of facts. Any two states of the same family add up to the state of both sets, which is what
 * lets minutes become hours, and rollups join raw edges.
 */
export interface State {
  count: number;
  /** Exact decimals by the family's measure names. */
  sums: Record<string, Decimal>;
  value?: ValueState;
  sketch?: QuantileSketch;
  distinct?: DistinctSketch;
  last?: LastValue;
}

export interface ValueState {
  sum: number;
  min: number;
  max: number;
}

export interface LastValue {
  at: Date;
  value: number;
}

/** Adds `other` into `into`. `other` is neither changed nor kept: states that are remembered are added up again and again. */
export function addState(into: State, other: State): void {
  for (const [measure, amount] of Object.entries(other.sums)) {
    const known = into.sums[measure];
    into.sums[measure] = known ? known.plus(amount) : amount;
  }
  addAllButSums(into, other);
}

/** Sums are decimals, and take longer than all the rest to add up. */
export function addAllButSums(into: State, other: State): void {
  into.count += other.count;
  into.value = addValue(into.value, other.value);
  if (other.sketch) (into.sketch ??= new QuantileSketch()).merge(other.sketch);
  if (other.distinct) (into.distinct ??= new DistinctSketch()).merge(other.distinct);
  if (other.last && (!into.last || other.last.at >= into.last.at)) into.last = other.last;
}

export function emptyState(): State {
  return { count: 0, sums: {} };
}

function addValue(left?: ValueState, right?: ValueState): ValueState | undefined {
  if (!left || !right) return left ?? right;
  return { sum: left.sum + right.sum, min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) };
}
