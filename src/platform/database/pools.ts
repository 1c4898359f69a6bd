import pg from 'pg';
import type { PoolConfig } from 'pg';
import type { Logger } from '../logging/index.js';
import { queryLatency } from './query-latency.js';

/** Longer than any query that answers a request may take, shorter than the patience of clients and balancers. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** The client's own limit, for a server that does not even answer: a little after the server would have given up. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000;
/** For a server that does not answer. */
const CONNECT_TIMEOUT_MS = 2_000;
/** For a connection of the pool that comes free; what waits has a way of its own to try again. */
const POOL_WAIT_MS = 2_000;
/** For one that answers a request: late is better than refused, and longer than this no client waits gladly. */
export const REQUEST_POOL_WAIT_MS = 5_000;
/** pg gives it no code. */
const READ_TIMEOUT = 'Query read timeout';
/** A transaction that was begun and forgotten must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * Measures every statement, and closes the connection when an answer does not come in time (`query_timeout`). Left open it would go back to its pool,
 * still waiting, and hold up everybody who is handed it next: behind a network that swallows packets, for as long as
 * TCP tries, which is a quarter of an hour.
 */
class ImpatientClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    // The pool's own time is for the wait in its queue.
    super({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    const query = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    const pool = config?.application_name ?? 'unknown';
    this.query = (...parameters: unknown[]): never => {
      const answer = query(...queryLatency.timed(pool, parameters));
      if (answer instanceof Promise) {
        queryLatency.time(pool, answer);
        answer.catch((error: unknown) => this.closeAfter(error));
      }
      return answer as never;
    };
  }

  private closeAfter(error: unknown): void {
    if (!(error instanceof Error && error.message === READ_TIMEOUT)) return;
    // `end()` would ask a server that does not listen to say goodbye.
    (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/**
 * Sessions think in UTC. Compiling a statement (LLVM) for hundreds of partitions takes longer than any statement of ours
 * runs, up to a minute, and cannot be cancelled meanwhile.
 */
export const SESSION_OPTIONS = '-c timezone=UTC -c jit=off';

/** What every connection of the service has in common, whoever opens it. */
export function connectionSettings(applicationName: string, poolWaitMs = POOL_WAIT_MS): PoolConfig {
  return {
    application_name: applicationName,
    connectionTimeoutMillis: poolWaitMs,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: SESSION_OPTIONS,
    Client: ImpatientClient,
  };
}

export function createPool(
  url: string,
  size: number,
  applicationName: string,
  log: Logger,
  options: Pick<PoolConfig, 'idleTimeoutMillis'> = {},
): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(applicationName), ...options, connectionString: url, max: size });
  survivesLostConnections(pool, log);
  return pool;
}

/**
 * Without listeners the death of a connection would be an uncaught `error` event and end the process. Idle connections
 * are reported by the pool; one that is handed out has only the listener set here.
 */
export function survivesLostConnections(pool: pg.Pool, log: Logger): void {
  // A pool that is being closed gives its connections up itself.
  pool.on('error', (error) => {
    const level = pool.ending ? 'debug' : 'warn';
    log[level]('An idle database connection was lost.', { err: error });
  });
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug('A database connection was lost.', { err: error }));
  });
}
