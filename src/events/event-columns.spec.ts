import { columnsOf, EVENT_COLUMNS } from './event-columns.js';

it('has a column for every field, each once, with the type that keeps it', () => {
  const names = EVENT_COLUMNS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.fromEntries(EVENT_COLUMNS.map(({ name, type }) => [name, type]))).toMatchObject({
    event_id: 'uuid',
    occurred_at: 'timestamptz',
    status_code: 'smallint',
    duration_ms: 'double precision',
    retries: 'integer',
    total: 'numeric',
    test: 'boolean',
    items: 'jsonb',
    properties: 'jsonb',
  });
});

it('knows which columns a type can fill', () => {
  expect(columnsOf('inventory')).toContain('quantity');
  expect(columnsOf('inventory')).toContain('properties');
  expect(columnsOf('inventory')).not.toContain('total');
});
