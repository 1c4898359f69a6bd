import { Decimal } from './decimal.js';
import { count, divide, percentile, subtract, sum, valueOf } from '../catalogue/expression.js';
import { evaluate, type KeyedState } from './evaluate.js';
import { QuantileSketch } from './quantile-sketch.js';

function placed(total: string, events = 1): KeyedState {
  return { dimensions: { status: 'placed' }, state: { count: events, sums: { total: new Decimal(total) } } };
}

function refunded(total: string): KeyedState {
  return { dimensions: { status: 'refunded' }, state: { count: 1, sums: { total: new Decimal(total) } } };
}

const sales = sum('orders', 'total', { status: ['placed'] });
const returned = sum('orders', 'total', { status: ['refunded'] });

describe('evaluate', () => {
  it('adds money up exactly', () => {
    const states = new Map([['orders', [placed('0.1'), placed('0.2'), refunded('0.3')]]]);
    expect(evaluate(subtract(sales, returned), states)?.toString()).toBe('0');
  });

  it('counts and sums nothing as 0', () => {
    expect(evaluate(count('orders'), new Map())?.toNumber()).toBe(0);
    expect(evaluate(sales, new Map())?.toNumber()).toBe(0);
  });

  it('has no ratio over nothing, and no percentile or average of nothing', () => {
    expect(evaluate(divide(count('orders'), count('orders')), new Map())).toBeNull();
    expect(evaluate(percentile('api', 0.95), new Map())).toBeNull();
    expect(evaluate(valueOf('api', 'avg'), new Map())).toBeNull();
  });

  it('never answers a percentile beyond the smallest and largest value', () => {
    const sketch = new QuantileSketch();
    sketch.add(100);
    const state = { count: 1, sums: {}, value: { sum: 100, min: 100, max: 100 }, sketch };
    const states = new Map([['api', [{ dimensions: {}, state }]]]);
    expect(evaluate(percentile('api', 0.99), states)?.toNumber()).toBe(100);
  });
});
