import { chmod, chown, stat } from 'node:fs/promises';
import { DatabaseOpenError } from '../database-open-error.js';
import type { PostgresBinaries } from './binaries.js';
import { launchersFor, runToEnd, type Launcher } from './launcher.js';
import type { ServerAccount } from './server-account.js';

/** Asks for what matters: going through every folder above the data, and running initdb, which looks for its parts. */
const PROBE = 'cd "$1" && "$2" --show --pgdata="$1"';

/**
 * Finds a way to run the server as `account` that reaches both its data and its programs. A `DATA_DIR` that is
 * root's alone is opened for passing through (not for listing or reading) to the account's group.
 * @throws DatabaseOpenError that says which folder is in the way and what to do
 */
export async function findReach(
  dataDir: string,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
): Promise<Launcher> {
  const command = ['/bin/sh', '-c', PROBE, 'sh', dataDir, binaries.initdb];
  const reaches = async (launcher: Launcher): Promise<string | undefined> => {
    const { code, output } = await runToEnd(launcher, command);
    return code === 0 ? undefined : output;
  };
  const [plain, ...powerful] = launchersFor(account) as [Launcher, ...Launcher[]];
  let obstacle = await reaches(plain);
  if (obstacle !== undefined && account && (await letGroupThrough(dataDir, account))) obstacle = await reaches(plain);
  if (obstacle === undefined) return plain;
  for (const launcher of powerful) if ((await reaches(launcher)) === undefined) return launcher;
  throw new DatabaseOpenError(explain(obstacle, dataDir, account));
}

/** @returns whether anything was changed. A folder that others than root were given rights to is left as it is. */
async function letGroupThrough(dataDir: string, account: ServerAccount): Promise<boolean> {
  const { mode, uid } = await stat(dataDir);
  if (uid !== 0 || (mode & 0o077) !== 0) return false;
  await chown(dataDir, 0, account.gid);
  await chmod(dataDir, (mode & 0o7777) | 0o010);
  return true;
}

function explain(obstacle: string, dataDir: string, account: ServerAccount | undefined): string {
  if (!account) {
    return (
      `The embedded PostgreSQL cannot be used in DATA_DIR ${dataDir}: ${obstacle}. Run as the user that the folder ` +
      'belongs to, set DATA_DIR to another one, or set DATABASE_URL.'
    );
  }
  return (
    `PostgreSQL refuses to run as root, and as "${account.name}" it cannot reach ${dataDir} or its own programs: ` +
    `${obstacle}. Start as an ordinary user, move the program and DATA_DIR out of folders that only root may enter, ` +
    'install setpriv (util-linux), or set DATABASE_URL.'
  );
}
