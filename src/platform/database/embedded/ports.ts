import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { ClusterPaths } from './cluster-paths.js';

/**
 * Below the range that systems take client ports from (32768 and up on Linux). From inside it, a client of anybody
 * could sit on our port while the server restarts, and a client of ours could even connect to itself.
 */
const LOWEST_PORT = 15_000;
const HIGHEST_PORT = 32_000;
const TRIES = 50;

/** The port of the last start, so that addresses people noted stay true. */
export async function rememberedPort({ port }: ClusterPaths): Promise<number | undefined> {
  const remembered = Number(await readFile(port, 'utf8').catch(() => ''));
  return Number.isInteger(remembered) && remembered > 0 && remembered < 65_536 ? remembered : undefined;
}

export async function rememberPort(paths: ClusterPaths, port: number): Promise<void> {
  if ((await rememberedPort(paths)) === port) return;
  await writeFile(paths.port, `${port}\n`, { mode: 0o600 });
}

/** A port that is free at this moment. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${TRIES} ports tried between ${LOWEST_PORT} and ${HIGHEST_PORT} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
