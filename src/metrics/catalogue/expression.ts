/** Which facts a part of a formula looks at: dimension → the values that count. */
export type Where = Readonly<Record<string, readonly string[]>>;

/** A part of a formula that is answered from one family's states. */
export type Leaf =
  | {
      readonly kind: 'count';
      readonly family: string;
      readonly where?: Where;
      /** The same thing is counted for each value of these, so one value of each has to be asked for. */
      readonly oncePer?: readonly string[];
    }
  | { readonly kind: 'sum'; readonly family: string; readonly measure: string; readonly where?: Where }
  | {
      readonly kind: 'value';
      readonly family: string;
      readonly of: 'sum' | 'avg' | 'min' | 'max';
      readonly where?: Where;
    }
  | { readonly kind: 'percentile'; readonly family: string; readonly q: number; readonly where?: Where }
  | Gauge;

/**
 * A level that is reported from time to time, such as a stock or a queue's length: first over the time, series by series,
 * then across the series.
 */
export interface Gauge {
  readonly kind: 'gauge';
  readonly family: string;
  readonly where?: Where;
  /** Dimensions that tell one series from another. */
  readonly series: readonly string[];
  /** `at`: when the last one was reported, in seconds since 1970. */
  readonly over: 'last' | 'avg' | 'max' | 'at';
  readonly across: 'sum' | 'min' | 'max';
  /** What was reported so many days before the end of a range is still known at its end; absent: only within the range. */
  readonly knownForDays?: number;
}

/** One contribution to a number of distinct people: which family and, of it, which facts. */
export interface DistinctPart {
  readonly family: string;
  readonly where?: Where;
  /** Filters that this part does not have and does not mind, e.g. a session has no currency. */
  readonly ignores?: readonly string[];
}

/** How a metric is computed from states. Sums stay exact decimals until the last division. */
export type Expression =
  | Leaf
  | { readonly kind: 'distinct'; readonly parts: readonly DistinctPart[] }
  | { readonly kind: 'add' | 'subtract' | 'divide'; readonly left: Expression; readonly right: Expression };

export const count = (family: string, where?: Where, oncePer?: readonly string[]): Expression => ({
  kind: 'count',
  family,
  where,
  oncePer,
});
export const sum = (family: string, measure: string, where?: Where): Expression => ({
  kind: 'sum',
  family,
  measure,
  where,
});
export const valueOf = (family: string, of: 'sum' | 'avg' | 'min' | 'max', where?: Where): Expression => ({
  kind: 'value',
  family,
  of,
  where,
});
export const percentile = (family: string, q: number, where?: Where): Expression => ({
  kind: 'percentile',
  family,
  q,
  where,
});
export const gauge = (family: string, how: Omit<Gauge, 'kind' | 'family'>): Expression => ({
  kind: 'gauge',
  family,
  ...how,
});
export const distinct = (...parts: DistinctPart[]): Expression => ({ kind: 'distinct', parts });
export const add = (left: Expression, right: Expression): Expression => ({ kind: 'add', left, right });
export const subtract = (left: Expression, right: Expression): Expression => ({ kind: 'subtract', left, right });
export const divide = (left: Expression, right: Expression): Expression => ({ kind: 'divide', left, right });

/** One use of a family by a formula, with the filters it may leave out. */
export interface FamilyUse {
  readonly family: string;
  /** Under which key its states stand. */
  readonly key: string;
  readonly where: Where;
  readonly ignores: readonly string[];
  /** Dimensions of which one value has to be asked for. */
  readonly oncePer: readonly string[];
  readonly leaf: Leaf['kind'] | 'distinct';
  readonly measure?: string;
  readonly gauge?: Gauge;
}

/** Under which key the states of a family use stand: the same family may be read with and without a filter. */
export function useKey(family: string, ignores?: readonly string[]): string {
  return ignores?.length ? [family, ...ignores].join('|') : family;
}

/** Under which key the states of a leaf stand. What looks further back has states of its own. */
export function leafKey(leaf: Leaf): string {
  return leaf.kind === 'gauge' && leaf.knownForDays ? useKey(leaf.family, [KNOWN_BEFORE]) : useKey(leaf.family);
}

const KNOWN_BEFORE = 'known before';

/** Every family use below an expression, depth first. */
export function familyUses(expression: Expression): FamilyUse[] {
  switch (expression.kind) {
    case 'add':
    case 'subtract':
    case 'divide':
      return [...familyUses(expression.left), ...familyUses(expression.right)];
    case 'distinct':
      return expression.parts.map((part) => ({
        family: part.family,
        key: useKey(part.family, part.ignores),
        where: part.where ?? {},
        ignores: part.ignores ?? [],
        oncePer: [],
        leaf: 'distinct',
      }));
    default:
      return [
        {
          family: expression.family,
          key: leafKey(expression),
          where: expression.where ?? {},
          ignores: [],
          oncePer: expression.kind === 'count' ? (expression.oncePer ?? []) : [],
          leaf: expression.kind,
          measure: expression.kind === 'sum' ? expression.measure : undefined,
          gauge: expression.kind === 'gauge' ? expression : undefined,
        },
      ];
  }
}

/** Whether it is 0 where nothing happened: counts and sums are, everything else has no value there. */
export function zeroOfNothing(expression: Expression): boolean {
  switch (expression.kind) {
    case 'add':
    case 'subtract':
      return zeroOfNothing(expression.left) && zeroOfNothing(expression.right);
    case 'value':
      return expression.of === 'sum';
    default:
      return ['count', 'sum', 'distinct'].includes(expression.kind);
  }
}

/** How the value over part of the events relates to the one over all of them. */
export type PartialBound = 'at_least' | 'at_most' | 'estimate';

/** Counts, and sums of what is never below 0, only grow with further events; so does a maximum. Differences and ratios may go either way. */
export function boundOfPart(expression: Expression): PartialBound {
  switch (expression.kind) {
    case 'count':
    case 'sum':
    case 'distinct':
      return 'at_least';
    case 'add': {
      const [left, right] = [boundOfPart(expression.left), boundOfPart(expression.right)];
      return left === right ? left : 'estimate';
    }
    case 'value':
      return ({ sum: 'at_least', max: 'at_least', min: 'at_most', avg: 'estimate' } as const)[expression.of];
    default:
      return 'estimate';
  }
}
