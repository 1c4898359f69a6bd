import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { until } from './app-process.js';

const START_TIMEOUT_MS = 10_000;

/** Whether tests can have a Redis: one was given (`TEST_REDIS_URL`), or `redis-server` is installed. */
export const hasRedis =
  Boolean(process.env.TEST_REDIS_URL) || spawnSync('redis-server', ['--version']).status === 0 || explainAbsence();

function explainAbsence(): false {
  process.stderr.write('No TEST_REDIS_URL and no redis-server on this machine: tests on Redis are skipped.\n');
  return false;
}

/** A Redis for one test file. */
export interface TestRedis {
  readonly url: string;
  /** Cuts every connection, as a restart would. */
  dropConnections(): Promise<void>;
  /** Removes every key that starts with `prefix`. */
  deleteKeys(prefix: string): Promise<void>;
  stop(): Promise<void>;
}

/** The given one, or a server of its own on a free port. */
export async function openTestRedis(): Promise<TestRedis> {
  const server = process.env.TEST_REDIS_URL ? { url: process.env.TEST_REDIS_URL } : await startRedisServer();
  const client = createClient({ url: server.url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    url: server.url,
    dropConnections: async () => {
      await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    },
    deleteKeys: async (prefix) => {
      const keys = await client.keys(`${prefix}*`);
      if (keys.length > 0) await client.del(keys);
    },
    stop: async () => {
      await client.disconnect();
      if ('stop' in server) await server.stop();
    },
  };
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it without a goodbye, if it has not ended; its data are gone. */
  stop(): Promise<void>;
}

export async function startRedisServer(port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'analytics-test-redis-'));
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  process.once('exit', () => server.kill('SIGKILL'));
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const url = `redis://127.0.0.1:${chosen}`;
  await until(
    () => answers(url),
    START_TIMEOUT_MS,
    () => 'redis-server did not start.',
  );
  return {
    url,
    port: chosen,
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.disconnect();
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
