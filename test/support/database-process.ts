import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readPidFile } from '../../src/platform/database/embedded/pid-file.js';
import { isServerOf } from '../../src/platform/database/embedded/server-identity.js';
import { AppProcess, until } from './app-process.js';

const READY_MS = 25_000;

/** An app that has nothing but the embedded database of `dataDir`, as a process of its own. */
export class DatabaseProcess extends AppProcess {
  constructor(dataDir: string) {
    super('../test/fixtures/database-process.js', { DATA_DIR: dataDir });
  }

  /** @returns the address of its database */
  async ready(): Promise<{ url: string; pid: number }> {
    await this.says(/^ready (.*)$/m, READY_MS);
    return JSON.parse(/^ready (.*)$/m.exec(this.stdout)?.[1] ?? '') as { url: string; pid: number };
  }

  /** @returns the message it was refused with */
  async refused(): Promise<string> {
    await this.exitWithin(READY_MS);
    return /^refused (.*)$/m.exec(this.stdout)?.[1] ?? `not refused:\n${this.output}`;
  }

  async says(pattern: RegExp, ms = 10_000): Promise<void> {
    await until(
      () => pattern.test(this.stdout) || !this.isRunning,
      ms,
      () => `No ${String(pattern)} in:\n${this.output}`,
    );
    if (!pattern.test(this.stdout)) throw new Error(`It ended without ${String(pattern)}:\n${this.output}`);
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.exitWithin(READY_MS);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exitWithin(READY_MS);
  }
}

/** A `DATA_DIR` in the system's folder for temporary files, which everybody may enter. */
export async function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'analytics-test-data-'));
}

/** Ends whatever server still runs there, and removes the folder. */
export async function removeDataDir(dataDir: string): Promise<void> {
  const data = dataFolder(dataDir);
  const pid = (await readPidFile(data).catch(() => undefined))?.pid;
  if (pid && (await isServerOf(pid, data))) {
    process.kill(pid, 'SIGQUIT');
    await until(async () => !(await isServerOf(pid, data)), 10_000);
  }
  await chmod(dataDir, 0o700);
  await rm(dataDir, { recursive: true, force: true });
}

export function dataFolder(dataDir: string): string {
  return join(dataDir, 'postgres', 'data');
}

/** Runs one statement, waiting for the database to come back if it is gone. */
export async function query<Row extends pg.QueryResultRow>(url: string, sql: string, ms = 15_000): Promise<Row[]> {
  const deadline = Date.now() + ms;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(sql)).rows;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Some unrelated program that runs as the user of the server. */
export async function startBystander(uid: number): Promise<ChildProcess> {
  const child = spawn('sleep', ['300'], { ...(process.getuid?.() === 0 && { uid }), stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}
