import type { AppConfig } from '../config/index.js';
import type { Logger } from '../logging/index.js';
import type { DatabaseHandle, DatabaseStatus } from './database-handle.js';
import { databaseIdentity } from './database-identity.js';
import { openEmbeddedDatabase } from './embedded/embedded-database.js';
import { checkExternalDatabase } from './external-database.js';
import { runMigrations } from './run-migrations.js';

/**
 * Makes the database ready: starts the embedded one unless `DATABASE_URL` names a server, and migrates the schema.
 * @throws DatabaseOpenError, DatabaseInUseError: nothing is left running that was not running before
 */
export async function openDatabase(config: Pick<AppConfig, 'database'>, log: Logger): Promise<DatabaseHandle> {
  const { url, dataDir, poolSize, writerPoolSize } = config.database;
  const opened = url ? await openExternal(url, log) : await openEmbedded(dataDir, log);
  try {
    for (const name of await runMigrations(opened.url)) log.info('Migrated the database.', { migration: name });
    return { ...opened, identity: await databaseIdentity(opened.url), poolSize, writerPoolSize };
  } catch (error) {
    await opened.stop();
    throw error;
  }
}

type Opened = Pick<DatabaseHandle, 'url' | 'embedded' | 'stop' | 'status'>;

async function openEmbedded(dataDir: string, log: Logger): Promise<Opened> {
  return { embedded: true, ...(await openEmbeddedDatabase({ dataDir }, log)) };
}

async function openExternal(url: string, log: Logger): Promise<Opened> {
  await checkExternalDatabase(url, log);
  let state: DatabaseStatus['state'] = 'running';
  return {
    url,
    embedded: false,
    stop: async () => {
      state = 'stopped';
    },
    status: () => ({ state, restarts: 0 }),
  };
}
