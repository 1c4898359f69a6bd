import { SnakeNamingStrategy } from './snake-naming.strategy.js';

describe('the names of columns', () => {
  it.each([
    ['eventId', 'event_id'],
    ['p95', 'p95'],
    ['windowSeconds', 'window_seconds'],
    ['id', 'id'],
  ])('become snake case: %s', (property, column) => {
    expect(new SnakeNamingStrategy().columnName(property, undefined, [])).toBe(column);
  });
});
