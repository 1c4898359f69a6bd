import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type DatabaseHandle } from '../../src/platform/database/index.js';
import { requireTestDatabase, withDatabase } from './database-names.js';
import { someTestFailed } from './test-outcome.js';

/** A database of its own, as the migrations leave it, for one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly handle: DatabaseHandle;
  readonly dataSource: DataSource;
  /** Closes `dataSource` and drops the database; keeps it, and says so, if a test of the file failed. */
  drop(): Promise<void>;
}

/** Set by `database-setup.ts`. */
export const SERVER_URL_VARIABLE = 'ANALYTICS_TEST_SERVER_URL';
export const TEMPLATE_VARIABLE = 'ANALYTICS_TEST_TEMPLATE';

const POOL_SIZE = 4;

/** Clones the migrated template. Call it in `beforeAll`, and `drop()` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { server, name, url } = await cloneTemplate();
  const dataSource = await new DataSource(dataSourceOptions(url, POOL_SIZE)).initialize();
  return {
    url,
    dataSource,
    handle: handleOf(url),
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      if (someTestFailed()) process.stderr.write(`\nA test failed; its database is kept: ${url}\n`);
      else await dropTestDatabase(server, name);
    },
  };
}

/** Clones the migrated template for a process that is not this one. */
export async function createAppDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const { server, name, url } = await cloneTemplate();
  return { url, drop: () => dropTestDatabase(server, name) };
}

async function cloneTemplate(): Promise<{ server: string; name: string; url: string }> {
  const name = `analytics_test_${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(4).toString('hex')}`;
  const server = required(SERVER_URL_VARIABLE);
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${required(TEMPLATE_VARIABLE)}`);
  return { server, name, url: withDatabase(server, name) };
}

/** Empties tables between tests. Refuses a database that is no test database. */
export async function truncate(dataSource: DataSource, ...tables: string[]): Promise<void> {
  requireTestDatabase(dataSource.driver.database ?? '');
  await dataSource.query(`TRUNCATE ${tables.join(', ')}`);
}

/** Drops it with everybody who is still connected. Refuses a database that is no test database. */
export async function dropTestDatabase(server: string, name: string): Promise<void> {
  requireTestDatabase(name);
  await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Runs one statement on the server's maintenance database. */
export async function onServer<Row extends pg.QueryResultRow>(server: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function handleOf(url: string): DatabaseHandle {
  return {
    url,
    identity: new URL(url).pathname.slice(1),
    embedded: false,
    poolSize: POOL_SIZE,
    writerPoolSize: 2,
    stop: async () => {},
    status: () => ({ state: 'running', restarts: 0 }),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: databases are for "medium" and "e2e" tests.`);
  return value;
}
