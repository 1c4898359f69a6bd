import { requireVersion, withoutPassword } from './external-database.js';

describe('an external database', () => {
  it('is PostgreSQL 14 or later', () => {
    expect(() => requireVersion(140_000)).not.toThrow();
    expect(() => requireVersion(180_004)).not.toThrow();
    expect(() => requireVersion(130_021)).toThrow(/PostgreSQL 13; 14 or later is needed/);
  });

  it.each([
    ['postgres://shop:hunter2@db.example:5433/analytics', 'postgres://db.example:5433/analytics'],
    ['postgres://db.example/analytics?password=hunter2&user=shop', 'postgres://db.example/analytics'],
    ['host=db password=hunter2', 'DATABASE_URL'],
  ])('is named without its secrets: %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
