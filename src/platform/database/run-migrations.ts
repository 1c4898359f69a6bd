import pg from 'pg';
import { DataSource } from 'typeorm';
import { SCHEMA_LOCK } from './advisory-keys.js';
import { dataSourceOptions } from './data-source-options.js';

/** Brings the schema up to date. Several processes may do so at once: one works, the others wait and find it done. */
export async function runMigrations(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url, application_name: 'analytics migrations' });
  // The lock goes with its connection; a loss of it shows as an error of the query in flight.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1, $2)', [...SCHEMA_LOCK]);
    return await migrate(url);
  } finally {
    await lock.end();
  }
}

async function migrate(url: string): Promise<string[]> {
  const options = dataSourceOptions(url, 1);
  // A migration may rewrite a large table, so it has no time limit.
  const extra = { ...(options.extra as object), statement_timeout: 0, query_timeout: 0 };
  const dataSource = await new DataSource({ ...options, extra }).initialize();
  try {
    return (await dataSource.runMigrations()).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}
