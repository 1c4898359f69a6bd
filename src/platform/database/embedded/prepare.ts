import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Logger } from '../../logging/index.js';
import { DatabaseOpenError } from '../database-open-error.js';
import { findBinaries } from './binaries.js';
import { clusterPaths, type ClusterPaths } from './cluster-paths.js';
import { runToEnd } from './launcher.js';
import { findReach } from './reach.js';
import { chooseServerAccount, type ServerAccount } from './server-account.js';
import type { ServerContext } from './server-context.js';
import type { ServerSettings } from './server-settings.js';

/** Finds out how the server can run here, and makes the folders it needs. */
export async function prepareServer(dataDir: string, settings: ServerSettings, log: Logger): Promise<ServerContext> {
  const paths = clusterPaths(await makeDataDir(dataDir));
  const account = await chooseServerAccount(paths.data);
  const binaries = await findBinaries();
  const launcher = await findReach(paths.dataDir, binaries, account);
  await makeLogFolder(paths, account);
  if (account) await takeBackFromRoot(paths, account);
  return { paths, binaries, launcher, account, settings, log };
}

/** @returns its one true path, which is how a running server is recognised */
async function makeDataDir(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await realpath(resolve(dataDir));
  } catch (error) {
    throw new DatabaseOpenError(
      `DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}. Make it writable, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}

async function makeLogFolder({ logs }: ClusterPaths, account: ServerAccount | undefined): Promise<void> {
  const parent = dirname(logs);
  const made = await mkdir(parent, { recursive: true, mode: 0o700 });
  await mkdir(logs, { recursive: true, mode: 0o700 });
  if (!account) return;
  if (made) {
    await chown(parent, 0, account.gid);
    await chmod(parent, 0o710);
  }
  await chown(logs, account.uid, account.gid);
}

/** After a `chown -R root` of the folder PostgreSQL would refuse its own data. */
async function takeBackFromRoot({ cluster, data }: ClusterPaths, account: ServerAccount): Promise<void> {
  const owner = await stat(data).catch(() => undefined);
  if (!owner || owner.uid !== 0) return;
  await chown(cluster, 0, account.gid);
  await chmod(cluster, 0o710);
  const { code, output } = await runToEnd({ prefix: [] }, ['chown', '-R', `${account.uid}:${account.gid}`, data]);
  if (code !== 0) throw new DatabaseOpenError(`${data} cannot be given to "${account.name}": ${output}.`);
}
