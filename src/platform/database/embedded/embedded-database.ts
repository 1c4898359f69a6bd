import { types } from 'node:util';
import pg from 'pg';
import type { Logger } from '../../logging/index.js';
import type { DatabaseStatus } from '../database-handle.js';
import { DatabaseOpenError } from '../database-open-error.js';
import { clusterPaths } from './cluster-paths.js';
import { DATABASE, MAINTENANCE_DATABASE, serverUrl } from './credentials.js';
import { ensureCluster } from './init-cluster.js';
import { rememberedPort } from './ports.js';
import { prepareServer } from './prepare.js';
import type { ServerContext } from './server-context.js';
import type { ServerSettings } from './server-settings.js';
import { Supervisor } from './supervisor.js';

/** A PostgreSQL server of our own that runs, and is kept running until it is stopped. */
export interface EmbeddedDatabase {
  readonly url: string;
  stop(): Promise<void>;
  status(): DatabaseStatus;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** PostgreSQL settings over the ones in `server-settings.ts`. */
  readonly settings?: ServerSettings;
}

const DUPLICATE_DATABASE = '42P04';

/**
 * Starts the embedded PostgreSQL of `dataDir`, or takes over the one that runs there since its app was killed.
 * @throws DatabaseInUseError when another process has it; DatabaseOpenError when it cannot run
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions, log: Logger): Promise<EmbeddedDatabase> {
  const { context, supervisor, port } = await start(options, log);
  try {
    await ensureDatabase(await serverUrl(context.paths, port, MAINTENANCE_DATABASE));
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    url: await serverUrl(context.paths, port, DATABASE),
    stop: () => supervisor.stop(),
    status: () => supervisor.status(),
  };
}

async function start({ dataDir, settings = {} }: EmbeddedOptions, log: Logger): Promise<Started> {
  try {
    const context = await prepareServer(dataDir, settings, log);
    await ensureCluster(context);
    const supervisor = new Supervisor(context);
    return { context, supervisor, port: await supervisor.start() };
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new DatabaseOpenError(
      `The embedded database cannot use DATA_DIR ${dataDir}: ${error.message}. Run as the user that the folder ` +
        'belongs to, see to its rights and free space, or set DATABASE_URL.',
      { cause: error },
    );
  }
}

interface Started {
  readonly context: ServerContext;
  readonly supervisor: Supervisor;
  readonly port: number;
}

/** No rights, a read-only or a full disk, …: whatever the operating system says about a path. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return types.isNativeError(error) && 'syscall' in error && 'path' in error;
}

/** The address of the embedded database of a folder as it was last started; undefined when there never was one. */
export async function embeddedDatabaseUrl(dataDir: string): Promise<string | undefined> {
  const paths = clusterPaths(dataDir);
  const port = await rememberedPort(paths);
  return port === undefined ? undefined : serverUrl(paths, port, DATABASE);
}

async function ensureDatabase(maintenanceUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if ((error as { code?: string }).code !== DUPLICATE_DATABASE) throw error;
  } finally {
    await client.end();
  }
}
