import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../logging/index.js';
import { isConnectionFailure } from './connection-failure.js';
import { DatabaseOpenError } from './database-open-error.js';

/** 14 */
const OLDEST_VERSION = 140_000;
/** Long enough for a server that is started beside us, short enough for somebody who waits for an answer. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;

/** @throws DatabaseOpenError when the server is not there, does not let us in, or is too old */
export async function checkExternalDatabase(url: string, log: Logger, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      requireVersion(await readVersion(url));
      return;
    } catch (error) {
      if (error instanceof DatabaseOpenError) throw error;
      if (!isConnectionFailure(error) || Date.now() + RETRY_MS > deadline) throw unusable(url, error as Error);
      if (attempt === 1) log.info('Waiting for the database.', { database: withoutPassword(url) });
      await sleep(RETRY_MS);
    }
  }
}

async function readVersion(url: string): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
    return Number(rows[0]?.server_version_num);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @param version as in `server_version_num`: 140005 is 14.5 */
export function requireVersion(version: number): void {
  if (version >= OLDEST_VERSION) return;
  throw new DatabaseOpenError(
    `DATABASE_URL leads to PostgreSQL ${Math.floor(version / 10_000)}; 14 or later is needed. Upgrade the server, ` +
      'or leave DATABASE_URL empty to use the embedded one.',
  );
}

function unusable(url: string, cause: Error): DatabaseOpenError {
  const said = cause.message || (cause as NodeJS.ErrnoException).code || 'no reason given';
  return new DatabaseOpenError(
    `The database at ${withoutPassword(url)} cannot be used: ${said}. Check DATABASE_URL and that the server runs, ` +
      'or leave DATABASE_URL empty to use the embedded one.',
    { cause },
  );
}

/** Host, port and name alone: passwords also stand in query parameters. */
export function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}
