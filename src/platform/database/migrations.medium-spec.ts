import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the migrations', () => {
  it('make the same tables when they are undone and done again', async () => {
    const before = await tables();
    while ((await appliedMigrations()) > 0) await database.dataSource.undoLastMigration();
    expect(await tables()).toEqual(['schema_migrations']);
    await database.dataSource.runMigrations();
    expect(await tables()).toEqual(before);
    expect(before).toContain('analytics_events');
  });

  it('leave nothing that the entities do not say, and nothing out', async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  async function tables(): Promise<string[]> {
    const rows: { name: string }[] = await database.dataSource.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  async function appliedMigrations(): Promise<number> {
    const rows: unknown[] = await database.dataSource.query('SELECT FROM schema_migrations');
    return rows.length;
  }
});
