import { familyUses, leafKey, type Expression, type Gauge, type Leaf, type Where } from '../catalogue/expression.js';
import type { CellStates, KeyedState } from './cell-states.js';
import { Decimal, decimalOf, ZERO } from './decimal.js';
import { groupKey } from './group-key.js';
import { addState, type State } from './state.js';

/** Exact where it is a sum; `null` where it cannot be computed (no data, division by zero). */
export type MetricValue = Decimal | null;

/** Computes a formula. Counts and sums of nothing are 0; everything else of nothing is null. */
export function evaluate(expression: Expression, states: CellStates): MetricValue {
  switch (expression.kind) {
    case 'add':
    case 'subtract':
    case 'divide':
      return combine(expression.kind, evaluate(expression.left, states), evaluate(expression.right, states));
    case 'distinct':
      return decimalOf(states.union(expression.parts).estimate());
    case 'gauge':
      return gaugeValue(expression, states.matching(leafKey(expression), expression.where));
    default:
      return leafValue(expression, states);
  }
}

/**
 * How many facts stand behind the value of a formula: of a ratio those that it divides by, of distinct people the people,
 * of anything else every fact that counts in it, once.
 */
export function factsBehind(expression: Expression, states: CellStates): number {
  if (expression.kind === 'divide') return factsBehind(expression.right, states);
  if (expression.kind === 'distinct') return states.union(expression.parts).estimate();
  const wheres = new Map<string, Where[]>();
  for (const { key, where } of familyUses(expression)) wheres.set(key, [...(wheres.get(key) ?? []), where]);
  return [...wheres].reduce((total, [key, some]) => total + factsOf(states.matchingAny(key, some)), 0);
}

/** Whether there is a distinct number in the formula. */
export function countsDistinct(expression: Expression): boolean {
  return familyUses(expression).some(({ leaf }) => leaf === 'distinct');
}

/** Whether every distinct number in the formula is exact for these states. */
export function distinctIsExact(expression: Expression, states: CellStates): boolean {
  if (expression.kind === 'distinct') return states.union(expression.parts).exact;
  if (expression.kind === 'add' || expression.kind === 'subtract' || expression.kind === 'divide') {
    return distinctIsExact(expression.left, states) && distinctIsExact(expression.right, states);
  }
  return true;
}

function combine(kind: 'add' | 'subtract' | 'divide', left: MetricValue, right: MetricValue): MetricValue {
  if (left === null || right === null) return null;
  if (kind === 'add') return left.plus(right);
  if (kind === 'subtract') return left.minus(right);
  return right.isZero() ? null : left.div(right);
}

type Statistic = Extract<Leaf, { kind: 'value' | 'percentile' }>;

function leafValue(leaf: Exclude<Leaf, Gauge>, states: CellStates): MetricValue {
  const { kind, where } = leaf;
  const key = leafKey(leaf);
  if (kind === 'count') return decimalOf(factsOf(states.matching(key, where)));
  if (kind === 'sum') return sumOf(leaf.measure, states.matching(key, where));
  return statistic(leaf, states.whole(key, where));
}

function factsOf(states: readonly KeyedState[]): number {
  let total = 0;
  for (const { state } of states) total += state.count;
  return total;
}

function sumOf(measure: string, states: readonly KeyedState[]): Decimal {
  let total = ZERO;
  for (const { state } of states) {
    const amount = state.sums[measure] ?? ZERO;
    total = total.isZero() ? amount : total.plus(amount);
  }
  return total;
}

function statistic(leaf: Statistic, all: State): MetricValue {
  if (!all.value || all.count === 0) return leaf.kind === 'value' && leaf.of === 'sum' ? new Decimal(0) : null;
  if (leaf.kind === 'percentile') {
    // Facts that were rolled up before their family measured a value have none: of these no percentile is known.
    const isComplete = all.sketch?.count === all.count;
    return decimal(isComplete ? clamp(all.sketch?.quantile(leaf.q), all.value.min, all.value.max) : null);
  }
  if (leaf.of === 'avg') return decimal(all.value.sum / all.count);
  return decimal(all.value[leaf.of]);
}

function gaugeValue(gauge: Gauge, states: readonly KeyedState[]): MetricValue {
  const [only, ...others] = states;
  if (only && others.length === 0) return decimal(overTime(gauge.over, only.state));
  const series = new Map<string, State>();
  for (const { dimensions, state } of states) {
    const key = groupKey('', gauge.series, dimensions);
    const known = series.get(key);
    if (known) addState(known, levelOf(state));
    else series.set(key, levelOf(state));
  }
  const values = [...series.values()].flatMap((state) => overTime(gauge.over, state) ?? []);
  if (values.length === 0) return null;
  if (gauge.across === 'sum') return values.reduce((total, value) => total.plus(value), new Decimal(0));
  return decimal(Math[gauge.across](...values));
}

const NO_SUMS = {};

/** What a gauge needs of a state, as a state of its own. */
function levelOf({ count, value, last }: State): State {
  return { count, sums: NO_SUMS, value, last };
}

function overTime(over: Gauge['over'], { count, value, last }: State): number | undefined {
  if (over === 'last') return last?.value;
  if (over === 'at') return last && last.at.getTime() / 1_000;
  if (!value || count === 0) return undefined;
  return over === 'avg' ? value.sum / count : value.max;
}

function clamp(value: number | null | undefined, min: number, max: number): number | null {
  return value === null || value === undefined ? null : Math.min(max, Math.max(min, value));
}

function decimal(value: number | null | undefined): MetricValue {
  return value === null || value === undefined ? null : new Decimal(value);
}
