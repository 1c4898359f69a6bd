import type { Pool, PoolClient } from 'pg';
import { isConnectionFailure } from './connection-failure.js';

/**
 * Runs `work` in a transaction: commits what it did, or rolls all of it back if it throws. `work` uses the connection
 * it is given and no other. When the COMMIT itself loses its connection the outcome is unknown.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await rollBack(client, error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** @returns the reason why the connection must not be used again, if there is one */
async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (isConnectionFailure(error)) return error as Error;
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (rollbackError) {
    return rollbackError as Error;
  }
}
