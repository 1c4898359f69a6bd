import { Decimal } from './decimal.js';
import { count, distinct, divide, gauge, percentile, subtract, sum, valueOf } from '../catalogue/expression.js';
import { CellStates, type KeyedState } from './cell-states.js';
import { evaluate, factsBehind } from './evaluate.js';
import { QuantileSketch } from './quantile-sketch.js';

function placed(total: string, events = 1): KeyedState {
  return { dimensions: { status: 'placed' }, state: { count: events, sums: { total: new Decimal(total) } } };
}

function refunded(total: string): KeyedState {
  return { dimensions: { status: 'refunded' }, state: { count: 1, sums: { total: new Decimal(total) } } };
}

function cellOf(states: Readonly<Record<string, readonly KeyedState[]>>): CellStates {
  const cell = new CellStates();
  for (const [key, some] of Object.entries(states)) for (const state of some) cell.add(key, state);
  return cell;
}

const sales = sum('orders', 'total', { status: ['placed'] });
const returned = sum('orders', 'total', { status: ['refunded'] });

describe('evaluate', () => {
  it('adds money up exactly', () => {
    const states = cellOf({ orders: [placed('0.1'), placed('0.2'), refunded('0.3')] });
    expect(evaluate(subtract(sales, returned), states)?.toString()).toBe('0');
  });

  it('counts and sums nothing as 0', () => {
    expect(evaluate(count('orders'), new CellStates())?.toNumber()).toBe(0);
    expect(evaluate(sales, new CellStates())?.toNumber()).toBe(0);
  });

  it('has no ratio over nothing, and no percentile or average of nothing', () => {
    expect(evaluate(divide(count('orders'), count('orders')), new CellStates())).toBeNull();
    expect(evaluate(percentile('api', 0.95), new CellStates())).toBeNull();
    expect(evaluate(valueOf('api', 'avg'), new CellStates())).toBeNull();
  });

  it('never answers a percentile beyond the smallest and largest value', () => {
    const sketch = new QuantileSketch();
    sketch.add(100);
    const state = { count: 1, sums: {}, value: { sum: 100, min: 100, max: 100 }, sketch };
    const states = cellOf({ api: [{ dimensions: {}, state }] });
    expect(evaluate(percentile('api', 0.99), states)?.toNumber()).toBe(100);
  });
});

/** Stock of a product as it was reported in some collection at some second. */
function stock(product: string, collection: string, second: number, value: number): KeyedState {
  const state = {
    count: 1,
    sums: {},
    value: { sum: value, min: value, max: value },
    last: { at: new Date(second * 1_000), value },
  };
  return { dimensions: { product, collection }, state };
}

describe('a gauge', () => {
  const states = cellOf({ stock: [stock('a', 'x', 1, 10), stock('a', 'y', 3, 4), stock('b', 'x', 2, 5)] });
  const read = (over: 'last' | 'avg' | 'max' | 'at', across: 'sum' | 'min' | 'max'): number | undefined =>
    evaluate(gauge('stock', { series: ['product'], over, across }), states)?.toNumber();

  it('is taken over the time of each series before it is taken across the series', () => {
    expect(read('last', 'sum')).toBe(9);
    expect(read('last', 'min')).toBe(4);
    expect(read('avg', 'sum')).toBe(12);
    expect(read('max', 'max')).toBe(10);
    expect(read('at', 'max')).toBe(3);
  });

  it('has no value where nothing was reported', () => {
    expect(evaluate(gauge('stock', { series: [], over: 'last', across: 'sum' }), new CellStates())).toBeNull();
  });
});

describe('factsBehind', () => {
  it('counts every fact of a sum once, however often the formula names it', () => {
    const states = cellOf({ orders: [placed('10', 3), refunded('4')] });
    expect(factsBehind(subtract(sales, subtract(sales, returned)), states)).toBe(4);
    expect(factsBehind(sales, states)).toBe(3);
  });

  it('counts what a ratio divides by', () => {
    const states = cellOf({ orders: [placed('10', 3), refunded('4')] });
    expect(factsBehind(divide(sales, count('orders', { status: ['refunded'] })), states)).toBe(1);
    expect(factsBehind(divide(sales, distinct({ family: 'orders' })), states)).toBe(0);
  });
});
