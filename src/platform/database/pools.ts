import pg from 'pg';
import type { PoolConfig } from 'pg';
import type { Logger } from '../logging/index.js';

/** Longer than any query that answers a request may take, shorter than a client's patience. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** The client's own limit, for a server that does not even answer: a little after the server would have given up. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** Waiting longer for a connection only lengthens the queue; the caller is told to come again. */
const CONNECTION_TIMEOUT_MS = 2_000;
/** A transaction that was begun and forgotten must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/** What every connection of the service has in common, whoever opens it. Sessions think in UTC. */
export function connectionSettings(applicationName: string): PoolConfig {
  return {
    application_name: applicationName,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: '-c timezone=UTC',
  };
}

export function createPool(url: string, size: number, applicationName: string, log: Logger): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(applicationName), connectionString: url, max: size });
  survivesLostConnections(pool, log);
  return pool;
}

/**
 * Without listeners the death of a connection would be an uncaught `error` event and end the process. Idle connections
 * are reported by the pool; one that is handed out has only the listener set here.
 */
export function survivesLostConnections(pool: pg.Pool, log: Logger): void {
  pool.on('error', (error) => log.warn('An idle database connection was lost.', { err: error }));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug('A database connection was lost.', { err: error }));
  });
}
