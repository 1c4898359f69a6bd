import { Catalogue } from './catalogue.js';
import { count, sum } from './expression.js';
import { FAMILIES } from './families.js';
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

  it('has no formula for a dimension that the metric has not', () => {
    expect(catalogue.formulaFor(catalogue.metric('business.total_sales'), ['collection'], [])).toBeUndefined();
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
