/** The same server, another database. */
export function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Everything that destroys data calls this first. */
export function requireTestDatabase(name: string): void {
  if (!/test/.test(name))
    throw new Error(`Refusing to touch the database "${name}": its name does not contain "test".`);
}
