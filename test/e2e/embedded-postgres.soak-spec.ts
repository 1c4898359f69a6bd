import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { readPidFile } from '../../src/platform/database/embedded/pid-file.js';
import { isServerOf } from '../../src/platform/database/embedded/server-identity.js';
import { until } from '../support/app-process.js';
import {
  dataFolder,
  DatabaseProcess,
  makeDataDir,
  query,
  removeDataDir,
  startBystander,
} from '../support/database-process.js';

jest.setTimeout(90_000);

let dataDir: string;
/** A folder whose database is made already, to be copied. */
let madeDir: string;
const apps: DatabaseProcess[] = [];

beforeAll(async () => {
  madeDir = await makeDataDir();
  const app = new DatabaseProcess(madeDir);
  await app.ready();
  await app.stop();
});
beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterAll(() => removeDataDir(madeDir));
afterEach(async () => {
  for (const app of apps.splice(0)) if (app.isRunning) await app.kill();
  await removeDataDir(dataDir);
});

/** An app on `dataDir`, whose database has been made before; in another folder it makes one. */
function start(folder?: string): DatabaseProcess {
  if (!folder && !existsSync(dataFolder(dataDir))) execFileSync('cp', ['-a', `${madeDir}/.`, dataDir]);
  const app = new DatabaseProcess(folder ?? dataDir);
  apps.push(app);
  return app;
}

describe('the embedded database', () => {
  it('stops with its app, and has the same data on the same port at the next start', async () => {
    const first = start();
    const { url, pid } = await first.ready();
    await remember(url);
    await first.stop();
    expect(first.stdout).toContain('closed');
    expect(await runs(pid)).toBe(false);
    expect(await readPidFile(dataFolder(dataDir))).toBeUndefined();

    const second = await start().ready();
    expect(second.url).toBe(url);
    expect(await remembered(url)).toBe(1);
  });

  it('outlives a kill -9 of its app, and the next start takes it over', async () => {
    const first = start();
    const { url, pid } = await first.ready();
    await remember(url);
    await first.kill();
    expect(await runs(pid)).toBe(true);

    const second = start();
    expect(await second.ready()).toMatchObject({ url, pid });
    expect(await remembered(url)).toBe(1);
    await second.stop();
    expect(await runs(pid)).toBe(false);
  });

  it('recovers from a kill -9 of the app and of the server while a query runs', async () => {
    const first = start();
    const { url, pid } = await first.ready();
    await remember(url);
    const busy = new pg.Client({ connectionString: url });
    busy.on('error', () => undefined);
    await busy.connect();
    // Looks at nothing but its own arithmetic, so it does not notice for a while that its server is dead.
    const outcome = busy.query('SELECT count(*) FROM generate_series(1, 600000000)').catch((error: Error) => error);
    await first.kill();
    process.kill(pid, 'SIGKILL');

    const second = await start().ready();
    expect(second.url).toBe(url);
    expect(second.pid).not.toBe(pid);
    expect(await remembered(url)).toBe(1);
    await outcome;
    await busy.end().catch(() => undefined);
  });

  it('is not fooled by a stale pid file whose process id now belongs to another program', async () => {
    const first = start();
    const { url, pid } = await first.ready();
    await remember(url);
    const pidFile = join(dataFolder(dataDir), 'postmaster.pid');
    const text = await readFile(pidFile, 'utf8');
    await first.kill();
    process.kill(pid, 'SIGKILL');
    await until(async () => !(await runs(pid)), 5_000);
    const { uid } = await stat(dataFolder(dataDir));
    const bystander = await startBystander(uid);
    await writeFile(pidFile, text.replace(String(pid), String(bystander.pid)));

    expect((await start().ready()).url).toBe(url);
    expect(await remembered(url)).toBe(1);
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  it('refuses a second app on the same folder, names the first, and leaves it alone', async () => {
    const first = start();
    const { url, pid } = await first.ready();
    const message = await start().refused();
    expect(message).toMatch(/^DatabaseInUseError: /);
    expect(message).toContain(`(pid ${first.pid})`);
    expect(message).toContain('DATA_DIR');
    expect(await runs(pid)).toBe(true);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is made once when two apps start on an empty folder at the same moment', async () => {
    const both = [start(dataDir), start(dataDir)];
    await until(() => both.some(({ isRunning }) => !isRunning), 40_000);
    const outcomes = both.map(({ stdout }) => /^(ready|refused DatabaseInUseError)/m.exec(stdout)?.[1]);
    expect(outcomes.sort()).toEqual(['ready', 'refused DatabaseInUseError']);
  });

  it('is brought back on the same port when its server is killed, also one that was taken over', async () => {
    const orphaning = start();
    await orphaning.ready();
    await orphaning.kill();
    const app = start();
    const { url, pid } = await app.ready();
    await remember(url);
    let last = pid;
    for (let restart = 1; restart <= 3; restart++) {
      process.kill(last, 'SIGKILL');
      last = await nextServer(url, last);
      await reports(app, new RegExp(`^status .*"state":"running","restarts":${restart},"pid":${last}`, 'm'));
      expect(await remembered(url)).toBe(1);
    }
    expect(await start().refused()).toContain(`(pid ${app.pid})`);
    await app.stop();
    expect(await runs(last)).toBe(false);
  });

  it('keeps the lock of its app when only the connection of the lock is lost', async () => {
    const app = start();
    const { url, pid } = await app.ready();
    await query(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'analytics owner%'`,
    );
    await app.says(/Took over/);
    expect(await start().refused()).toContain(`(pid ${app.pid})`);
    expect(await runs(pid)).toBe(true);
    await reports(app, /^status .*"state":"running","restarts":0/m);
  });

  it('lives in a session of its own, out of reach of Ctrl-C, and listens on this machine only', async () => {
    const app = start();
    const { url, pid } = await app.ready();
    const session = (of: number): string =>
      execFileSync('ps', ['-o', 'sid=', '-p', String(of)])
        .toString()
        .trim();
    expect(session(pid)).not.toBe(session(app.pid));
    const [settings] = await query<Record<string, string>>(
      url,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit`,
    );
    expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '', fsync: 'on', synchronous_commit: 'on' });
  });

  it('keeps its password where only the user of the app can read it, also where DATA_DIR is open to nobody', async () => {
    await chmod(dataDir, 0o700);
    await start(dataDir).ready();
    const password = await stat(join(dataDir, 'postgres', 'password'));
    expect(password.mode & 0o777).toBe(0o600);
    expect(password.uid).toBe(process.getuid?.());
    expect((await stat(dataDir)).mode & 0o007).toBe(0);
  });

  it('runs below a folder that only the user of the app may enter', async () => {
    const closed = join(dataDir, 'closed');
    await mkdir(join(closed, 'data'), { recursive: true });
    await chmod(dataDir, 0o700);
    await chmod(closed, 0o700);
    const app = start(join(closed, 'data'));
    const { url } = await app.ready();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    await app.stop();
  });
});

/** Whether it runs: a zombie that nobody has waited for yet does not. */
function runs(server: number): Promise<boolean> {
  return isServerOf(server, dataFolder(dataDir));
}

async function reports(app: DatabaseProcess, status: RegExp): Promise<void> {
  const asked = setInterval(() => app.signal('SIGUSR2'), 500);
  await app.says(status).finally(() => clearInterval(asked));
}

async function remember(url: string): Promise<void> {
  await query(url, 'CREATE TABLE remembered AS SELECT 1 AS one');
}

async function remembered(url: string): Promise<number> {
  return (await query(url, 'SELECT * FROM remembered')).length;
}

/** @returns the process id of the server that follows `last` */
async function nextServer(url: string, last: number): Promise<number> {
  let pid = last;
  await until(async () => {
    pid = (await readPidFile(dataFolder(dataDir)))?.pid ?? last;
    return pid !== last;
  }, 15_000);
  await query(url, 'SELECT 1');
  return pid;
}
