import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../dist/src/platform/config/index.js';
import { issueToken } from '../../dist/src/platform/auth/issue-token.js';
import { openDatabase } from '../../dist/src/platform/database/index.js';
import { Logger } from '../../dist/src/platform/logging/index.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const READY_TIMEOUT_MS = 30_000;

/**
 * The service as `npm start` starts it, in a process of its own, on a database of this run: the embedded one, or that of
 * `BENCH_DATABASE_URL`, which must have `bench` in its name, since it is emptied.
 * @param keptDir where the embedded database is and stays; absent: in a folder that goes with the run
 */
export async function startService(environment = {}, keptDir = undefined) {
  const dataDir = keptDir ?? (await mkdtemp(join(tmpdir(), 'analytics-bench-')));
  const url = process.env.BENCH_DATABASE_URL;
  if (url && !new URL(url).pathname.includes('bench'))
    throw new Error('BENCH_DATABASE_URL must name a database with "bench" in its name.');
  const config = loadConfig({
    DATA_DIR: dataDir,
    JWT_SECRET: 'b'.repeat(64),
    PORT: '0',
    ...(url && { DATABASE_URL: url }),
  });
  const database = await openDatabase(config, Logger.create('warn'));
  const app = startProcess({
    APP_ROLE: 'api',
    DATA_DIR: dataDir,
    JWT_SECRET: 'b'.repeat(64),
    PORT: '0',
    DATABASE_URL: database.url,
    ...environment,
  });
  return {
    url: await app.ready,
    pid: app.process.pid,
    databaseUrl: database.url,
    databasePid: database.status().pid,
    token: await issueToken(config, { sub: 'bench', roles: ['admin'], teams: [] }, 86_400),
    async stop() {
      app.process.kill('SIGTERM');
      await app.ended;
      await database.stop();
      if (!keptDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function startProcess(environment) {
  const nodeOptions = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  // As the script `start` of package.json does, and with its MALLOC_ARENA_MAX.
  const child = spawn(process.execPath, ['--v8-pool-size=1', ...nodeOptions, MAIN], {
    env: { MALLOC_ARENA_MAX: '2', ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ready = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const url = /"url":"([^"]+)"/.exec(output)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`The service ended with ${code} before it was ready:\n${output}`)));
    setTimeout(() => reject(new Error(`The service was not ready in time:\n${output}`)), READY_TIMEOUT_MS).unref();
  });
  return { process: child, ready, ended };
}
