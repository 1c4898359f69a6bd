import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { INSTANCE_LOCK } from '../advisory-keys.js';
import { DatabaseInUseError } from '../database-open-error.js';

/** After a kill -9 the server may need a moment to notice that the session of the lock has no client any more. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 100;
const NAME_PREFIX = 'analytics owner, pid ';

/** "This process runs this database": an advisory lock that lives as long as one connection. */
export class InstanceLock {
  private session: pg.Client | undefined;

  /** @param onLost called when the connection, and with it the lock, ends by itself */
  constructor(private readonly onLost: () => void) {}

  get isHeld(): boolean {
    return this.session !== undefined;
  }

  /**
   * @param folder for the error message
   * @throws DatabaseInUseError when another process has it
   */
  async acquire(url: string, folder: string): Promise<void> {
    await this.release();
    const session = new pg.Client({
      connectionString: url,
      application_name: `${NAME_PREFIX}${process.pid}`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    // The end of the connection is what counts, and follows.
    session.on('error', () => undefined);
    session.on('end', () => this.lost(session));
    await session.connect();
    try {
      await lock(session, folder);
    } catch (error) {
      await session.end().catch(() => undefined);
      throw error;
    }
    this.session = session;
  }

  async release(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.end().catch(() => undefined);
  }

  private lost(session: pg.Client): void {
    if (this.session !== session) return;
    this.session = undefined;
    this.onLost();
  }
}

async function lock(session: pg.Client, folder: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(RETRY_MS)) {
    const { rows } = await session.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS held', [
      ...INSTANCE_LOCK,
    ]);
    if (rows[0]?.held) return;
    if (Date.now() > deadline) throw new DatabaseInUseError(await explain(session, folder));
  }
}

async function explain(session: pg.Client, folder: string): Promise<string> {
  const { rows } = await session.query<{ holder: string }>(
    `SELECT a.application_name AS holder FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2`,
    [...INSTANCE_LOCK],
  );
  const pid = rows[0]?.holder.startsWith(NAME_PREFIX) ? rows[0].holder.slice(NAME_PREFIX.length) : 'unknown';
  return (
    `The embedded database in ${folder} is in use by another process of this service (pid ${pid}). ` +
    `Stop that one, give this one its own DATA_DIR, or set DATABASE_URL to let several share a server.`
  );
}
