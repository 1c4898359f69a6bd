import { types } from 'node:util';
import { DependencyBusyError, DependencyUnavailableError } from '../errors/index.js';

/** What node says when there is nobody at the other end. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** SQLSTATEs that end a connection or refuse a new one; class 08 is added to them. */
const CONNECTION_STATES = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or shutting down
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
]);

/** The connection lives, yet the server cannot do this now. Class 53 (out of disk, memory, …) is added to them. */
const BUSY_STATES = new Set([
  '57014', // query_canceled: statement_timeout
  '55P03', // lock_not_available: lock_timeout
  '25006', // read_only_sql_transaction: writing to a standby in the middle of a failover
  '58030', // io_error
]);

/** What pg-pool says when no connection came free in time; it gives it no code. */
const POOL_TIMEOUT = 'timeout exceeded when trying to connect';

/** Errors without a code, of pg and pg-pool. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  POOL_TIMEOUT,
  'timeout expired',
  'Query read timeout',
  'is not queryable',
  'Cannot use a pool after calling end on the pool',
  'server closed the connection unexpectedly',
  // What TypeORM says to a transaction whose connection was lost between two statements.
  'Query runner already released',
  'provided by a query runner was already released',
];

const RETRY_SOON_SECONDS = 1;
const RETRY_LATER_SECONDS = 5;

/** Whether the connection to the database failed, as opposed to what was asked of it. The outcome may be unknown. */
export function isConnectionFailure(error: unknown): boolean {
  return causes(error).some(
    ({ code, message }) =>
      NETWORK_CODES.has(code) ||
      CONNECTION_STATES.has(code) ||
      isClass(code, '08') ||
      (!isSqlState(code) && CONNECTION_MESSAGES.some((known) => message.includes(known))),
  );
}

/**
 * Turns "the database is not there" (connection lost or refused, timeout, shutdown, too many connections, out of
 * resources) into {@link DependencyUnavailableError}; gives every other error back unchanged.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof DependencyUnavailableError) return error;
  const retryAfterSeconds = retryAfter(error);
  if (retryAfterSeconds === undefined) return error;
  if (isPoolTimeout(error)) return new DependencyBusyError('database', retryAfterSeconds, { cause: error });
  return new DependencyUnavailableError('database', retryAfterSeconds, { cause: error });
}

/** All connections were in use for too long: the server is there, as far as is known. */
function isPoolTimeout(error: unknown): boolean {
  return causes(error).some(({ code, message }) => !isSqlState(code) && message.includes(POOL_TIMEOUT));
}

function retryAfter(error: unknown): number | undefined {
  const busy = causes(error).some(({ code }) => BUSY_STATES.has(code) || isClass(code, '53'));
  if (busy) return RETRY_LATER_SECONDS;
  return isConnectionFailure(error) ? RETRY_SOON_SECONDS : undefined;
}

interface Cause {
  readonly code: string;
  readonly message: string;
}

/** The error, what it wraps (TypeORM: `driverError`; others: `cause`), and the parts of an AggregateError. */
function causes(error: unknown, depth = 0): Cause[] {
  // Deeper than this it is a cycle.
  if (!isError(error) || depth > 5) return [];
  const { code, driverError, errors } = error as Error & { code?: unknown; driverError?: unknown; errors?: unknown };
  const inner = [error.cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  const own = { code: typeof code === 'string' ? code : '', message: error.message };
  return [own, ...inner.filter((cause) => cause !== error).flatMap((cause) => causes(cause, depth + 1))];
}

/** `instanceof` does not know errors of another realm, such as those of the network when Jest runs this. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}

function isClass(code: string, sqlClass: string): boolean {
  return isSqlState(code) && code.startsWith(sqlClass);
}
