import { Decimal, ZERO } from './decimal.js';
import {
  familyUses,
  leafKey,
  useKey,
  type DistinctPart,
  type Expression,
  type Gauge,
  type Leaf,
  type Where,
} from '../catalogue/expression.js';
import { DistinctSketch } from './distinct-sketch.js';
import { groupKey } from './group-key.js';
import { addState, emptyState, type State } from './state.js';

/** A state and the dimension values it was read for. */
export interface KeyedState {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly state: State;
}

/** The states of one point or group, by `useKey`. */
export type StatesByFamily = ReadonlyMap<string, readonly KeyedState[]>;

/** Exact where it is a sum; `null` where it cannot be computed (no data, division by zero). */
export type MetricValue = Decimal | null;

/** Computes a formula. Counts and sums of nothing are 0; everything else of nothing is null. */
export function evaluate(expression: Expression, states: StatesByFamily): MetricValue {
  switch (expression.kind) {
    case 'add':
    case 'subtract':
    case 'divide':
      return combine(expression.kind, evaluate(expression.left, states), evaluate(expression.right, states));
    case 'distinct':
      return new Decimal(unionOf(expression.parts, states).estimate());
    case 'gauge':
      return gaugeValue(expression, matching(states, leafKey(expression), [expression.where]));
    default:
      return leafValue(expression, states);
  }
}

/**
 * How many facts stand behind the value of a formula: of a ratio those that it divides by, of distinct people the people,
 * of anything else every fact that counts in it, once.
 */
export function factsBehind(expression: Expression, states: StatesByFamily): number {
  if (expression.kind === 'divide') return factsBehind(expression.right, states);
  if (expression.kind === 'distinct') return unionOf(expression.parts, states).estimate();
  const wheres = new Map<string, Where[]>();
  for (const { key, where } of familyUses(expression)) wheres.set(key, [...(wheres.get(key) ?? []), where]);
  const facts = [...wheres].flatMap(([key, some]) => matching(states, key, some));
  return facts.reduce((total, { state }) => total + state.count, 0);
}

/** Whether there is a distinct number in the formula. */
export function countsDistinct(expression: Expression): boolean {
  return familyUses(expression).some(({ leaf }) => leaf === 'distinct');
}

/** Whether every distinct number in the formula is exact for these states. */
export function distinctIsExact(expression: Expression, states: StatesByFamily): boolean {
  if (expression.kind === 'distinct') return unionOf(expression.parts, states).exact;
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

function leafValue(leaf: Exclude<Leaf, Gauge>, states: StatesByFamily): MetricValue {
  const matched = matching(states, leafKey(leaf), [leaf.where]);
  if (leaf.kind === 'count') return new Decimal(matched.reduce((total, { state }) => total + state.count, 0));
  if (leaf.kind === 'sum') return sumOf(leaf.measure, matched);
  return statistic(leaf, wholeOf(states, leaf, matched));
}

function sumOf(measure: string, states: readonly KeyedState[]): Decimal {
  let total = ZERO;
  for (const { state } of states) {
    const amount = state.sums[measure] ?? ZERO;
    total = total.isZero() ? amount : total.plus(amount);
  }
  return total;
}

/**
 * The states of a leaf, added up. A cell has several figures of the same states (average, percentiles), and adding up
 * sketches is what most of its time goes to. Nothing is added to a cell once it is evaluated.
 */
function wholeOf(states: StatesByFamily, leaf: Statistic, matched: readonly KeyedState[]): State {
  const known = WHOLES.get(states) ?? new Map<string, Map<Where | undefined, State>>();
  WHOLES.set(states, known);
  const byWhere = known.get(leafKey(leaf)) ?? new Map<Where | undefined, State>();
  known.set(leafKey(leaf), byWhere);
  let whole = byWhere.get(leaf.where);
  if (!whole) {
    whole = emptyState();
    for (const { state } of matched) addState(whole, { ...state, sums: NO_SUMS });
    byWhere.set(leaf.where, whole);
  }
  return whole;
}

/** They are decimals, take longer than all the rest to add up, and are not asked for here. */
const NO_SUMS = {};

const WHOLES = new WeakMap<StatesByFamily, Map<string, Map<Where | undefined, State>>>();

function statistic(leaf: Statistic, all: State): MetricValue {
  if (!all.value || all.count === 0) return leaf.kind === 'value' && leaf.of === 'sum' ? new Decimal(0) : null;
  if (leaf.kind === 'percentile') return decimal(clamp(all.sketch?.quantile(leaf.q), all.value.min, all.value.max));
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

/** How many people there are and whether that is exact are both asked of it. */
function unionOf(parts: readonly DistinctPart[], states: StatesByFamily): DistinctSketch {
  const unions = UNIONS.get(states) ?? new Map<readonly DistinctPart[], DistinctSketch>();
  UNIONS.set(states, unions);
  const union = unions.get(parts) ?? joinOf(parts, states);
  unions.set(parts, union);
  return union;
}

const UNIONS = new WeakMap<StatesByFamily, Map<readonly DistinctPart[], DistinctSketch>>();

function joinOf(parts: readonly DistinctPart[], states: StatesByFamily): DistinctSketch {
  const union = new DistinctSketch();
  for (const part of parts) {
    for (const state of statesOf(states, useKey(part.family, part.ignores), part.where))
      if (state.distinct) union.merge(state.distinct);
  }
  return union;
}

function statesOf(states: StatesByFamily, key: string, where: Where | undefined): State[] {
  return matching(states, key, [where]).map(({ state }) => state);
}

/** The states that one of the conditions holds for. */
function matching(states: StatesByFamily, key: string, wheres: readonly (Where | undefined)[]): readonly KeyedState[] {
  const all = states.get(key) ?? [];
  if (wheres.includes(undefined)) return all;
  return all.filter(({ dimensions }) => wheres.some((where) => where !== undefined && holds(where, dimensions)));
}

/** Asked of every state of every cell: without an object for each. */
function holds(where: Where, dimensions: KeyedState['dimensions']): boolean {
  for (const name in where) if (!where[name]?.includes(dimensions[name] ?? '')) return false;
  return true;
}
