import './resolve-typescript.cjs';
import { randomBytes } from 'node:crypto';
import { runMigrations } from '../../src/platform/database/run-migrations.js';
import { onServer, SERVER_URL_VARIABLE, TEMPLATE_VARIABLE } from './database.js';
import { withDatabase } from './database-names.js';
import { startTestServer } from './test-server.js';

/**
 * One PostgreSQL server for medium and end-to-end tests, and on it one migrated database. Every medium file and every
 * started service gets a copy of it. Both projects name this file; the second call finds the server of the first.
 */
export default async function setUpDatabase(): Promise<void> {
  if (process.env[TEMPLATE_VARIABLE]) return;
  const server = process.env.TEST_DATABASE_URL || process.env.DATABASE_URL || (await startTestServer());
  const template = `analytics_test_template_${randomBytes(4).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${template}`);
  await runMigrations(withDatabase(server, template));
  // The tests run in processes that inherit this one's environment.
  process.env[SERVER_URL_VARIABLE] = server;
  process.env[TEMPLATE_VARIABLE] = template;
}
