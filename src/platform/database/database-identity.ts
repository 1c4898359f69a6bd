import pg from 'pg';

/** Insufficient privilege; no such function: servers of which others are in charge may keep their identifier to themselves. */
const NOT_TOLD = new Set(['42501', '42883']);

/**
 * Tells a database from every other one, by whatever address it is reached: its name, and the identifier that its server
 * got when it was made. A replica that takes over has the same; what a dump is restored to on another server has not.
 */
export async function databaseIdentity(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, application_name: 'analytics start' });
  // A loss of the connection shows as an error of the query in flight.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const names = await client.query<{ name: string }>('SELECT current_database() AS name');
    return [names.rows[0]?.name, await serverIdentifier(client)].filter(Boolean).join('-');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function serverIdentifier(client: pg.Client): Promise<string | undefined> {
  try {
    const sql = 'SELECT system_identifier::text AS identifier FROM pg_control_system()';
    return (await client.query<{ identifier: string }>(sql)).rows[0]?.identifier;
  } catch (error) {
    if (NOT_TOLD.has((error as pg.DatabaseError).code ?? '')) return undefined;
    throw error;
  }
}
