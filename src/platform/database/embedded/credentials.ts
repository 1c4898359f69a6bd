import { readFile } from 'node:fs/promises';
import type { ClusterPaths } from './cluster-paths.js';

export const SUPERUSER = 'analytics';
export const DATABASE = 'analytics';
/** Always there, also before our own database is. */
export const MAINTENANCE_DATABASE = 'postgres';

/** The address of a database of the embedded server, password included. */
export async function serverUrl(paths: ClusterPaths, port: number, database: string): Promise<string> {
  const password = (await readFile(paths.password, 'utf8')).trim();
  // The rest of the address in full, so that variables like PGSSLMODE have no say.
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}?sslmode=disable`;
}
