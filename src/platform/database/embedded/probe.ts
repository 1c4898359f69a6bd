import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { MAINTENANCE_DATABASE, serverUrl } from './credentials.js';
import type { ClusterPaths } from './cluster-paths.js';

/** What is behind a port: our server, nothing that speaks (yet), or something else. */
export type Presence = 'ours' | 'silent' | 'other';

const TIMEOUT_MS = 2_000;

/** It is ours if it knows our password and works on our data directory. */
export async function probe(paths: ClusterPaths, port: number): Promise<Presence> {
  const connectionString = await serverUrl(paths, port, MAINTENANCE_DATABASE);
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  // Whatever happens to the connection shows in the promise below.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return (await realpath(rows[0]?.data_directory ?? '')) === (await realpath(paths.data)) ? 'ours' : 'other';
  } catch (error) {
    return isRefusal(error) ? 'other' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Class 28: it is a PostgreSQL server, with other passwords. */
function isRefusal(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('28');
}
