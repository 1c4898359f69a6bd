import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseOpenError } from '../database-open-error.js';
import { insideCluster } from './cluster-paths.js';
import { SUPERUSER } from './credentials.js';
import { runToEnd } from './launcher.js';
import type { ServerContext } from './server-context.js';

/** Far longer than making a cluster takes: whoever made this one was killed. */
const LEFTOVER_AGE_MS = 3_600_000;

/**
 * Makes the cluster if there is none. It is made under another name and renamed when it is complete, so that a kill
 * leaves no half of one, and of two processes that do this at once one wins and the other takes its result.
 */
export async function ensureCluster(context: ServerContext): Promise<void> {
  const { cluster, data } = context.paths;
  if (await isThere(join(data, 'PG_VERSION'))) return;
  if (await isThere(cluster)) {
    throw new DatabaseOpenError(
      `${cluster} is there, but holds no database. Put back what belongs there, or move it away to start with an empty one.`,
    );
  }
  await removeLeftovers(cluster);
  const making = `${cluster}.new-${randomBytes(6).toString('hex')}`;
  try {
    await makeCluster(context, making);
    await rename(making, cluster);
    await syncFolder(dirname(cluster));
    context.log.info('Made a new database.', { folder: cluster });
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    const lost = ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!lost) throw error;
  }
}

async function makeCluster(context: ServerContext, making: string): Promise<void> {
  const { account } = context;
  const { data, password } = insideCluster(making);
  const handed = join(making, 'initdb-password');
  await mkdir(making, { mode: 0o700 });
  await mkdir(data, { mode: 0o700 });
  const secret = randomBytes(24).toString('base64url');
  await writeDurably(password, secret);
  await writeDurably(handed, secret);
  if (account) {
    await chown(making, 0, account.gid);
    await chmod(making, 0o710);
    await chown(data, account.uid, account.gid);
    await chown(handed, account.uid, account.gid);
  }
  await initdb(context, data, handed);
  await rm(handed);
  await syncFolder(making);
}

/** Sorted and compared byte by byte, upper and lower case by Unicode: the same on every machine. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

async function initdb({ launcher, binaries }: ServerContext, data: string, passwordFile: string): Promise<void> {
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  const { code, output } = await runToEnd(launcher, [binaries.initdb, `--pgdata=${data}`, ...LOCALE, ...access]);
  if (code === 0) return;
  throw new DatabaseOpenError(
    `The embedded PostgreSQL could not make its database: ${output}. Mend that, or set DATABASE_URL.`,
  );
}

async function removeLeftovers(cluster: string): Promise<void> {
  const prefix = `${basename(cluster)}.new-`;
  for (const name of await readdir(dirname(cluster))) {
    if (!name.startsWith(prefix)) continue;
    const path = join(dirname(cluster), name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
