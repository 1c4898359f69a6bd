import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '../../src/platform/database/embedded/embedded-database.js';
import { isAlive } from '../../src/platform/database/embedded/processes.js';
import { Logger } from '../../src/platform/logging/index.js';

const PREFIX = 'analytics-test-server-';
/** What is lost when the machine crashes in the middle of a test is made again by the next run. */
const SETTINGS = { fsync: 'off', shared_buffers: '128MB', max_wal_size: '512MB', max_connections: 300 };

interface TestServer {
  readonly database: EmbeddedDatabase;
  readonly folder: string;
}
let running: TestServer | undefined;

/** @returns the address of a new embedded server with its data in a folder of its own */
export async function startTestServer(): Promise<string> {
  await endLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const database = await openEmbeddedDatabase({ dataDir: folder, settings: SETTINGS }, Logger.create('warn'));
  running = { database, folder };
  return database.url;
}

export async function stopTestServer({ keepData }: { keepData: boolean }): Promise<void> {
  if (!running) return;
  const { database, folder } = running;
  running = undefined;
  await database.stop();
  if (keepData) process.stderr.write(`\nDatabases of failed tests are kept in ${folder}; see CONTRIBUTING.md.\n`);
  else await rm(folder, { recursive: true, force: true });
}

/** Servers whose test run was interrupted: nobody else will stop them. */
async function endLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!owner || isAlive(owner)) continue;
    const folder = join(tmpdir(), name);
    const running = await readdir(join(folder, 'postgres/data')).catch((): string[] => []);
    // Without this file the run ended properly, and what is there was kept on purpose.
    if (!running.includes('postmaster.pid')) continue;
    await (await openEmbeddedDatabase({ dataDir: folder, settings: SETTINGS }, Logger.create('error'))).stop();
    await rm(folder, { recursive: true, force: true });
  }
}
