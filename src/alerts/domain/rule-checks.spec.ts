import { aConfig } from '../../../test/alerts/alert-builders.js';
import type { AlertRule } from './alert-config.js';
import type { MetricFacts } from './metric-facts.js';
import { checkRule, firesAbove } from './rule-checks.js';

// What each field may hold is tested over HTTP, with its refusals; here is what depends on the metric.
const SALES: MetricFacts = {
  name: 'business.sales',
  unit: 'money',
  dimensions: ['currency', 'collection', 'product', 'status'],
  isSum: true,
  isSampled: false,
  valuesOf: (dimension) => (dimension === 'status' ? ['placed', 'refunded'] : undefined),
  unmatchable: (dimension, value) => (dimension === 'collection' && value === '***' ? 'has no letter' : undefined),
  // Lines know the product, orders the status; nothing knows both.
  canRead: (filters, groups) =>
    !([...filters, ...groups].includes('product') && [...filters, ...groups].includes('status')),
};
const check = (rule: Partial<AlertRule>, metric: MetricFacts | undefined = SALES): [string, string][] =>
  checkRule(aConfig({ metric: 'business.sales', ...rule }), metric).map(({ path, message }) => [path, message]);

it('accepts what the metric can be read by', () => {
  expect(check({ filters: { currency: 'EUR', product: 'p' }, groupBy: 'collection' })).toEqual([]);
});

it.each<[string, Partial<AlertRule>, string, RegExp]>([
  [
    'filters that no figure has together',
    { filters: { product: 'p', status: 'placed' } },
    'filters',
    /cannot be read by product, status/,
  ],
  ['a filter and a group of that kind', { filters: { product: 'p' }, groupBy: 'status' }, 'filters', /together/],
  ['a value outside those there are', { filters: { status: 'lost' } }, 'filters.status', /one of placed, refunded/],
  ['a value that no event can have', { filters: { collection: '***' } }, 'filters.collection', /^has no letter$/],
  ['a dimension of another metric', { groupBy: 'route' }, 'group_by', /those are currency, collection/],
])('names the field for %s', (_what, rule, path, message) => {
  expect(check(rule)).toEqual([[path, expect.stringMatching(message)]]);
});

it('says that a group alone is the trouble where it is', () => {
  const metric = { ...SALES, canRead: (_filters: readonly string[], groups: readonly string[]) => groups.length === 0 };
  expect(check({ groupBy: 'product' }, metric)).toEqual([['group_by', expect.stringContaining('product')]]);
});

it('finds other mistakes beside an unknown metric', () => {
  const paths = checkRule(aConfig({ name: ' ', recoveryThreshold: 11 }), undefined).map(({ path }) => path);
  expect(paths).toEqual(['metric', 'recovery_threshold', 'name']);
});

it.each<[Partial<AlertRule>, boolean]>([
  [{ condition: 'threshold_above', threshold: -1 }, true],
  [{ condition: 'threshold_below', threshold: 1 }, false],
  [{ condition: 'rate_of_change', threshold: 0.1 }, true],
  [{ condition: 'rate_of_change', threshold: -0.1 }, false],
  [{ condition: 'anomaly', threshold: 3 }, true],
])('knows which side is the bad one: %j', (rule, above) => expect(firesAbove(aConfig(rule))).toBe(above));
