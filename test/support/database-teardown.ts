import './resolve-typescript.cjs';
import { dropTestDatabase, onServer, SERVER_URL_VARIABLE, TEMPLATE_VARIABLE } from './database.js';
import { stopTestServer } from './test-server.js';

/** Drops the template and stops the server, whose data stay when a failed test left its database behind. */
export default async function tearDownDatabase(): Promise<void> {
  const server = process.env[SERVER_URL_VARIABLE];
  const template = process.env[TEMPLATE_VARIABLE];
  if (!server || !template) return;
  delete process.env[TEMPLATE_VARIABLE];
  await dropTestDatabase(server, template);
  const kept = await onServer<{ datname: string }>(
    server,
    `SELECT datname FROM pg_database WHERE datname LIKE 'analytics\\_test\\_%'`,
  );
  await stopTestServer({ keepData: kept.length > 0 });
}
