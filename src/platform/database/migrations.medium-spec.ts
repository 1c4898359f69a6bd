import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import {
  createTestDatabase,
  dropTestDatabase,
  onServer,
  SERVER_URL_VARIABLE,
  type TestDatabase,
} from '../../../test/support/database.js';
import { withDatabase } from '../../../test/support/database-names.js';
import { migrations } from '../../../migrations/index.js';
import { runMigrations } from './run-migrations.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('the migrations', () => {
  it('make the same tables when they are undone and done again', async () => {
    const before = await schema(database.dataSource);
    for (const _ of migrations) await database.dataSource.undoLastMigration();
    expect(Object.keys(await schema(database.dataSource))).toEqual(['schema_migrations']);
    await database.dataSource.runMigrations();
    expect(await schema(database.dataSource)).toEqual(before);
    expect(before).toHaveProperty('analytics_events');
  });

  it('are run once by processes that start at the same moment', async () => {
    const server = process.env[SERVER_URL_VARIABLE]!;
    const name = `analytics_test_empty_${randomBytes(4).toString('hex')}`;
    await onServer(server, `CREATE DATABASE ${name}`);
    try {
      const url = withDatabase(server, name);
      const ran = await Promise.all([1, 2, 3].map(() => runMigrations(url)));
      expect(ran.map(({ length }) => length).sort()).toEqual([0, 0, migrations.length]);
    } finally {
      await dropTestDatabase(server, name);
    }
  });
});

describe('the entities', () => {
  it('say what the migrations made', async () => {
    expect(await drift(database.dataSource)).toEqual([]);
  });

  it('say so also when there are partitions', async () => {
    await database.dataSource.query(
      `CREATE TABLE analytics_events_p20250101 PARTITION OF analytics_events
         FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-01-02 00:00:00+00')`,
    );
    expect(await drift(database.dataSource)).toEqual([]);
  });

  it.each([
    ['a column too many', 'ALTER TABLE analytics_events ADD COLUMN stray text'],
    ['a column too few', 'ALTER TABLE analytics_rollups DROP COLUMN sketch'],
    ['another type', 'ALTER TABLE analytics_events ALTER COLUMN total TYPE double precision'],
    ['a value that may be missing', 'ALTER TABLE alert_configs ALTER COLUMN metric DROP NOT NULL'],
    ['another default', 'ALTER TABLE alert_configs ALTER COLUMN window_seconds SET DEFAULT 60'],
    ['a missing index', 'DROP INDEX analytics_events_time_brin'],
    ['a missing partial index', 'DROP INDEX alert_history_open'],
    ['an index too many', 'CREATE INDEX stray ON analytics_rollups (count)'],
    ['a missing check', 'ALTER TABLE analytics_rollups DROP CONSTRAINT analytics_rollups_dimensions'],
    ['a missing unique key', 'ALTER TABLE alert_configs DROP CONSTRAINT alert_configs_name'],
  ])('are known not to when there is %s', async (_name, change) => {
    await database.dataSource.query(change);
    expect(await drift(database.dataSource)).not.toEqual([]);
  });
});

/** What TypeORM would write into a new migration: the same as `migration:generate --check`. */
async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

/** Columns, indexes and constraints of every table. */
async function schema(dataSource: DataSource): Promise<Record<string, unknown>> {
  const rows: { name: string }[] = await dataSource.query(
    `SELECT c.relname AS name,
            (SELECT json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attnotnull) ORDER BY attnum)
               FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
            (SELECT json_agg(pg_get_indexdef(indexrelid) ORDER BY pg_get_indexdef(indexrelid))
               FROM pg_index WHERE indrelid = c.oid) AS indexes,
            (SELECT json_agg(pg_get_constraintdef(oid) ORDER BY conname)
               FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'n') AS constraints
       FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]));
}
