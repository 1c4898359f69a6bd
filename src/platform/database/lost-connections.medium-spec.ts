import { createServer } from 'node:net';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { until } from '../../../test/support/app-process.js';
import { DependencyBusyError, DependencyUnavailableError } from '../errors/index.js';
import { Logger } from '../logging/index.js';
import { isConnectionFailure, translateDatabaseError } from './connection-failure.js';
import { dataSourceOptions } from './data-source-options.js';
import { checkExternalDatabase } from './external-database.js';
import { createPool } from './pools.js';
import { inTransaction } from './transaction.js';

const silent = Logger.create('error', () => undefined);
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.dataSource.query('CREATE TABLE notes (text text)');
});
afterAll(() => database.drop());
beforeEach(() => {
  pool = createPool(database.url, 2, 'victim', silent);
});
afterEach(() => pool.end());

const KILL =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()';

/** Ends every connection of `pool`, as an administrator or a restart of the server does. */
async function killConnections(): Promise<void> {
  await database.dataSource.query(KILL, ['victim']);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}

async function idOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

describe('a pool whose connections are killed', () => {
  it('survives it while they are idle, and makes new ones', async () => {
    await Promise.all([pool.query('SELECT pg_sleep(0.05)'), pool.query('SELECT pg_sleep(0.05)')]);
    expect(pool.totalCount).toBe(2);
    await killConnections();
    await until(() => pool.totalCount === 0, 5_000);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('says so to whoever was in the middle of a query', async () => {
    const failure = failureOf(pool.query('SELECT pg_sleep(20)'));
    await until(() => pool.totalCount === 1 && pool.idleCount === 0, 5_000);
    await until(async () => (await connections('victim', `state = 'active'`)) === 1, 5_000);
    await killConnections();
    expect(isConnectionFailure(await failure)).toBe(true);
    expect(translateDatabaseError(await failure)).toBeInstanceOf(DependencyUnavailableError);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('rolls back a transaction that was between two statements, and does not hand out its connection again', async () => {
    let killed = 0;
    const failure = await failureOf(
      inTransaction(pool, async (client) => {
        killed = await idOf(client);
        await client.query(`INSERT INTO notes VALUES ('lost')`);
        await killConnections();
        await until(async () => (await connections('victim')) === 0, 5_000);
        await client.query(`INSERT INTO notes VALUES ('lost as well')`);
      }),
    );
    expect(isConnectionFailure(failure)).toBe(true);
    expect(await database.dataSource.query('SELECT * FROM notes')).toEqual([]);
    const client = await pool.connect();
    expect(await idOf(client)).not.toBe(killed);
    client.release();
  });

  it('is not to be told from a lost one by what TypeORM says', async () => {
    const { dataSource } = database;
    const failures = [
      failureOf(dataSource.query('SELECT pg_sleep(20)')),
      failureOf(
        dataSource.transaction(async (tx) => {
          await tx.query('SELECT 1');
          await until(async () => (await connections('analytics')) === 0, 10_000);
          await tx.query('SELECT 2');
        }),
      ),
    ];
    await until(async () => (await connections('analytics')) === 2, 5_000);
    await pool.query(`${KILL} AND datname = current_database()`, ['analytics']);
    for (const failure of failures)
      expect(translateDatabaseError(await failure)).toBeInstanceOf(DependencyUnavailableError);
    // A connection whose end has not been heard yet may be handed out once more, and that query fails like the others.
    let rows: unknown;
    await until(async () => {
      rows = await dataSource.query('SELECT 1 AS one').catch(() => undefined);
      return rows !== undefined;
    }, 5_000);
    expect(rows).toEqual([{ one: 1 }]);
  });

  /** How many an application has, besides the one that asks. */
  async function connections(application: string, condition = 'true'): Promise<number> {
    const sql = `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()
                   AND datname = current_database() AND ${condition}`;
    // Asked over the connections that are not to be killed.
    const rows: { count: string }[] =
      application === 'victim'
        ? await database.dataSource.query(sql, [application])
        : (await pool.query<{ count: string }>(sql, [application])).rows;
    return Number(rows[0]!.count);
  }
});

describe('a transaction', () => {
  it('is committed whole or not at all', async () => {
    await inTransaction(pool, (client) => client.query(`INSERT INTO notes VALUES ('kept')`));
    const failure = await failureOf(
      inTransaction(pool, async (client) => {
        await client.query(`INSERT INTO notes VALUES ('dropped')`);
        await client.query('SELECT 1 / 0');
      }),
    );
    expect(failure).toMatchObject({ code: '22012' });
    expect(translateDatabaseError(failure)).toBe(failure);
    expect(await database.dataSource.query('SELECT * FROM notes')).toEqual([{ text: 'kept' }]);
    expect(pool.totalCount).toBe(1);
    await database.dataSource.query('TRUNCATE notes');
  });
});

describe('what a caller is told', () => {
  it('is to come again soon when no connection comes free in two seconds', async () => {
    const held = [await pool.connect(), await pool.connect()];
    const startedAt = Date.now();
    const failure = await failureOf(pool.query('SELECT 1'));
    held.forEach((client) => client.release());
    expect(Date.now() - startedAt).toBeLessThan(4_000);
    const told = translateDatabaseError(failure);
    expect(told).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 1 });
    expect(String(told)).toMatch(/The service is busy: too many requests wait for the database; try again in 1 s\./);
    expect(String(told)).not.toMatch(/not reachable/);
  });

  it('is the answer, late, when slow readers have had all connections of the requests for three seconds', async () => {
    const requests = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
    try {
      const slow = [1, 2].map(() => requests.query('SELECT pg_sleep(3)'));
      const readers = Array.from({ length: 20 }, (_, index) => requests.query('SELECT $1::int AS n', [index]));
      expect((await Promise.all(readers)).map(([row]: { n: number }[]) => row?.n)).toHaveLength(20);
      await Promise.all(slow);
    } finally {
      await requests.destroy();
    }
  });

  it('is that the service is busy when they have them for longer than a request waits', async () => {
    const requests = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
    try {
      const slow = [1, 2].map(() => requests.query('SELECT pg_sleep(7)'));
      const failure = await failureOf(requests.query('SELECT 1'));
      expect(translateDatabaseError(failure)).toBeInstanceOf(DependencyBusyError);
      await Promise.all(slow);
    } finally {
      await requests.destroy();
    }
  });

  it('is to come again later when the server has too many connections', async () => {
    const role = `analytics_test_crowd_${process.pid}`;
    await database.dataSource.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT 0`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const crowded = createPool(url.href, 1, 'crowd', silent);
    const failure = await failureOf(crowded.query('SELECT 1'));
    await crowded.end();
    await database.dataSource.query(`DROP ROLE ${role}`);
    expect(failure).toMatchObject({ code: '53300' });
    expect(translateDatabaseError(failure)).toMatchObject({ retryAfterSeconds: 5 });
  });

  it('is to come again later when a statement takes too long', async () => {
    const failure = await failureOf(
      inTransaction(pool, async (client) => {
        await client.query('SET LOCAL statement_timeout = 50');
        await client.query('SELECT pg_sleep(5)');
      }),
    );
    expect(translateDatabaseError(failure)).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 5 });
  });

  it('is to come again soon when nobody listens', async () => {
    const nobody = createPool(await urlOfNobody(), 1, 'nobody', silent);
    const failure = await failureOf(nobody.query('SELECT 1'));
    await nobody.end();
    expect(translateDatabaseError(failure)).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 1 });
  });
});

describe('an external database', () => {
  it('is waited for, for as long as it may take, and then named without its password', async () => {
    const startedAt = Date.now();
    const failure = await failureOf(checkExternalDatabase(await urlOfNobody(), silent, 700));
    expect(Date.now() - startedAt).toBeGreaterThan(400);
    expect(failure).toMatchObject({ code: 'database-not-opened', message: expect.stringContaining('DATABASE_URL') });
    expect((failure as Error).message).not.toContain('secret');
  });

  it('is not waited for when it says no', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const startedAt = Date.now();
    const failure = await failureOf(checkExternalDatabase(url.href, silent));
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(failure).toMatchObject({ message: expect.stringContaining('"no_such_database" does not exist') });
  });

  it('is fine when it answers', async () => {
    await expect(checkExternalDatabase(database.url, silent)).resolves.toBeUndefined();
  });
});

async function urlOfNobody(): Promise<string> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return `postgres://shop:secret@127.0.0.1:${port}/analytics`;
}
