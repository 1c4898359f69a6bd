import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { embeddedDatabaseUrl } from '../../src/platform/database/embedded/embedded-database.js';
import { API, startApp, type StartedApp } from './app.js';
import { isAlive, killOrphanedDatabase, until } from './app-process.js';
import type { Load } from './load.js';
import type { LoadFigures, SentEvent } from './load-events.js';

const ROLLED_UP_MS = 60_000;

/** What the database holds of what was acknowledged. */
export interface Audit {
  readonly acknowledged: number;
  readonly missing: number;
  readonly twice: number;
  /** Stored, though never acknowledged. */
  readonly unknown: number;
}

/** The service on a port and a folder that outlive it, so that it can be killed and started again under load. */
export class LoadTarget {
  private constructor(
    readonly app: StartedApp,
    readonly url: string,
    readonly token: string,
    private readonly dataDir: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** On the embedded database, unless `env` names another. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<LoadTarget> {
    const dataDir = await mkdtemp(join(tmpdir(), 'analytics-test-'));
    const environment = { DATABASE_URL: '', RATE_LIMIT_PER_MINUTE: '0', ...env };
    const app = await startApp({ dataDir, port: await freePort(), env: environment });
    return new LoadTarget(app, app.url, await app.token(['admin']), dataDir, environment);
  }

  async restart(): Promise<void> {
    await this.app.startAgain();
  }

  /** Ends the service if it still runs, and removes everything. */
  async remove(): Promise<void> {
    await this.app.kill9();
    await killOrphanedDatabase(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Process id of the embedded PostgreSQL server; 0 when there is none. */
  async postmaster(): Promise<number> {
    const file = await readFile(join(this.dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(file.split('\n', 1)[0]);
    return pid > 1 && isAlive(pid) ? pid : 0;
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.env.DATABASE_URL || (await embeddedDatabaseUrl(this.dataDir)),
    });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async audit({ acknowledged }: Load): Promise<Audit> {
    return auditEvents((sql) => this.query(sql), acknowledged);
  }

  /** Waits until nothing that is over waits to be rolled up. */
  async rolledUp(): Promise<void> {
    const waiting = `SELECT FROM rollup_invalidations WHERE level = 'minute' LIMIT 1`;
    await until(
      async () => (await this.query(waiting)).length === 0,
      ROLLED_UP_MS,
      () => 'Rolling up does not end.',
    );
  }

  /** What the service answers for the last day, and whether from rollups. */
  async figures(): Promise<LoadFigures & { readonly sources: readonly string[] }> {
    const to = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const from = new Date(to.getTime() - 86_400_000);
    const range = `from=${from.toISOString()}&to=${to.toISOString()}`;
    const business = (await this.app.request(`${API}/business/overview?${range}`, { token: this.token })).body;
    const ml = (await this.app.request(`${API}/ml/overview?${range}`, { token: this.token })).body;
    const { orders, units, gross_sales, sessions } = business;
    return { orders, units, gross_sales, sessions, jobs: ml.jobs, sources: [business.meta.source, ml.meta.source] };
  }
}

/** Compares what a database holds of a load with what was acknowledged. */
export async function auditEvents(
  query: (sql: string) => Promise<{ event_id: string; copies: number }[]>,
  acknowledged: readonly SentEvent[],
): Promise<Audit> {
  const rows = await query(
    `SELECT event_id, count(*)::int AS copies FROM analytics_events WHERE source = 'load' GROUP BY event_id`,
  );
  const copies = new Map(rows.map((row) => [row.event_id, row.copies]));
  const ids = new Set(acknowledged.map(({ event_id }) => event_id));
  return {
    acknowledged: ids.size,
    missing: [...ids].filter((id) => !copies.has(id)).length,
    twice: rows.filter((row) => row.copies > 1).length,
    unknown: rows.filter(({ event_id }) => !ids.has(event_id)).length,
  };
}

/** The processes of a PostgreSQL server: itself and its children. */
export async function serverProcesses(postmaster: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  // pid (name) state parent …; a name may hold spaces and brackets.
  const parents = stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]));
  return [postmaster, ...pids.filter((_, index) => parents[index] === postmaster)];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
