import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { FAMILIES } from '../catalogue/families.js';
import { rawStateStatement } from './state-query.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('never joins states with their distinct numbers row by row, even where nothing is known of the data', async () => {
  const family = FAMILIES.find(({ name }) => name === 'storefront_products')!;
  const needs = { sums: [], value: false, sketch: false, distinct: true, last: false };
  const from = Date.parse('2026-11-21T00:00:00Z');
  const { sql, parameters } = rawStateStatement({
    family,
    needs,
    spans: [{ from, to: from + 3_600_000 }],
    bucketing: { level: 'minute' },
    dimensions: family.dimensions.map(({ name }) => name),
    filters: {},
  });
  const plan: { 'QUERY PLAN': string }[] = await database.dataSource.query(`EXPLAIN (COSTS OFF) ${sql}`, parameters);
  const joins = plan.map((line) => line['QUERY PLAN']).filter((line) => /Join|Nested Loop/.test(line));
  expect(joins).toEqual([expect.stringMatching(/(Hash|Merge) Full Join/)]);
});
