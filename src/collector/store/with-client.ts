import type { Pool, PoolClient } from 'pg';
import { isConnectionFailure } from '../../platform/database/index.js';
import { DeadlineExceededError, within } from '../../platform/deadline/index.js';

/** A database that does not answer for this long is taken for dead: its senders get their 503 while they still wait. */
export const DATABASE_TIMEOUT_MS = 8_000;

/** There was no connection to be had, so that nothing was sent: unlike after other failures, the outcome is known. */
export class NoConnectionError extends Error {
  constructor(cause: unknown) {
    super('No connection to the database could be had.', { cause });
    this.name = 'NoConnectionError';
  }
}

/**
 * Runs `work` with a connection of the pool, and ends it when time is up. A connection whose answer did not come is
 * closed: nobody could tell any more which answer belongs to which question.
 * @throws NoConnectionError when `work` was not even begun
 */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    return await within(DATABASE_TIMEOUT_MS, 'The commit', work(client));
  } catch (error) {
    if (!leavesConnectionWhole(error)) broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (broken) closeAtOnce(client);
    client.release(broken);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  const connecting = pool.connect();
  try {
    return await within(DATABASE_TIMEOUT_MS, 'Connecting to the database', connecting);
  } catch (error) {
    if (error instanceof DeadlineExceededError) giveBackWhenLate(connecting);
    throw new NoConnectionError(error);
  }
}

function giveBackWhenLate(connecting: Promise<PoolClient>): void {
  connecting.then(
    (client) => client.release(),
    () => undefined,
  );
}

/** The database itself reported the error and stays on the line. */
function leavesConnectionWhole(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && !isConnectionFailure(error);
}

/** `end()` would ask a database that does not listen to say goodbye. */
function closeAtOnce(client: PoolClient): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
