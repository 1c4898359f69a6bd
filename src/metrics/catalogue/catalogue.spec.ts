import { Catalogue } from './catalogue.js';
import { count, sum } from './expression.js';
import { FAMILIES } from './families.js';
import { COUNTED_UNITS } from './metric.js';
import { METRICS } from './metrics.js';

const catalogue = new Catalogue(FAMILIES, METRICS);

describe('Catalogue', () => {
  it('answers sales of the whole shop from orders and those of a collection from its lines', () => {
    const gross = catalogue.metric('business.gross_sales');
    expect(JSON.stringify(catalogue.formulaFor(gross, ['currency'], []))).toContain('"orders"');
    expect(JSON.stringify(catalogue.formulaFor(gross, ['currency', 'collection'], []))).toContain(
      '"order_collections"',
    );
    expect(JSON.stringify(catalogue.formulaFor(gross, [], ['product']))).toContain('"order_products"');
  });

  it('lets a currency filter pass by sessions, which have none, but does not group them by it', () => {
    const sessions = catalogue.metric('business.sessions');
    expect(catalogue.formulaFor(sessions, ['currency'], [])).toBeDefined();
    expect(catalogue.formulaFor(sessions, [], ['currency'])).toBeUndefined();
  });

  it('counts the rows of a product and a collection only where one collection is asked for', () => {
    const orders = catalogue.metric('business.orders');
    const kind = (...asked: [string[], string[], string[]?]): unknown => catalogue.formulaFor(orders, ...asked)?.kind;
    expect(kind(['collection'], ['product'])).toBe('count');
    expect(kind(['product'], ['collection'])).toBe('count');
    expect(kind(['collection'], ['product'], ['collection'])).toBe('sum');
    expect(kind([], ['product'])).toBe('sum');
  });

  it('has no formula for a dimension that the metric has not', () => {
    expect(catalogue.formulaFor(catalogue.metric('business.total_sales'), ['collection'], [])).toBeUndefined();
  });

  it.each([
    ['api.request_count', 'events', 'zero'],
    ['api.error_rate', 'events', 'no-data'],
    ['api.latency_p50', 'events', 'no-data'],
    ['api.latency_p95', 'events', 'no-data'],
    ['api.latency_p99', 'events', 'no-data'],
    ['ml.job_count', 'events', 'zero'],
    ['ml.failure_count', 'events', 'zero'],
    ['ml.success_rate', 'events', 'no-data'],
    ['ml.duration_p95', 'events', 'no-data'],
    ['ml.cost_usd', 'events', 'zero'],
    ['business.gross_sales', 'events', 'zero'],
    ['business.net_sales', 'events', 'zero'],
    ['business.orders', 'events', 'zero'],
    ['business.average_order_value', 'events', 'no-data'],
    ['business.conversion_rate', 'events', 'no-data'],
    ['business.inventory', 'events', 'no-data'],
    ['errors.count', 'events', 'zero'],
    ['events.seconds_since_last', 'samples', 'no-data'],
    ['database.pool_utilization', 'samples', 'no-data'],
    ['database.query_latency_p95', 'samples', 'no-data'],
    ['queue.waiting', 'samples', 'no-data'],
    ['queue.failed', 'samples', 'no-data'],
  ])('knows %s, made of %s, which of nothing is %s', (name, source, ofNothing) => {
    expect(catalogue.describe(catalogue.metric(name))).toMatchObject({ name, source, ofNothing });
  });

  it.each(METRICS.map(({ name, unit, noun }) => [name, unit, noun] as const))(
    'has a noun for %s if and only if its unit %s is something that is counted',
    (_name, unit, noun) => {
      expect(noun !== undefined).toBe((COUNTED_UNITS as readonly string[]).includes(unit));
      expect(noun?.one ?? 'unit').toMatch(/^[a-z]+( [a-z]+)*$/);
      expect(noun?.other).not.toBe(noun?.one ?? '');
    },
  );

  it('says which metrics are per currency, and by which dimensions they can be cut', () => {
    const described = (name: string) => catalogue.describe(catalogue.metric(name));
    expect(described('business.net_sales')).toMatchObject({
      unit: 'money',
      perCurrency: true,
      dimensions: ['status', 'currency', 'collection', 'product'],
    });
    expect(described('business.orders').perCurrency).toBe(false);
    expect(described('business.inventory').dimensions).toEqual(['collection', 'product']);
    expect(described('events.seconds_since_last').dimensions).toEqual(['event_type']);
  });

  it('refuses a formula over a sum or dimension that its family has not, and a name declared twice', () => {
    const metric = { name: 'x', unit: 'count', description: 'x' } as const;
    expect(() => new Catalogue(FAMILIES, [{ ...metric, formulas: [sum('orders', 'weight')] }])).toThrow(
      'no sum "weight"',
    );
    expect(() => new Catalogue(FAMILIES, [{ ...metric, formulas: [count('orders', { colour: ['red'] })] }])).toThrow(
      '"colour"',
    );
    expect(() => new Catalogue(FAMILIES, [...METRICS, ...METRICS])).toThrow('twice');
  });
});
