import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPaths } from './cluster-paths.js';

/** Of 10 MB each: see `log_rotation_size`. */
const KEPT_LOG_FILES = 10;
const TAIL_BYTES = 2_000;

/** Removes the oldest log files, whose names sort by time. */
export async function pruneLogs({ logs }: ClusterPaths): Promise<void> {
  const files = (await readdir(logs)).filter((name) => /^postgres-.*\.log$/.test(name)).sort();
  for (const name of files.slice(0, -KEPT_LOG_FILES)) await rm(join(logs, name), { force: true });
}

/** What a server said since `startedAt`: first into the start log, then, once its log collector runs, into the newest log. */
export async function wordsSince({ logs, startLog }: ClusterPaths, startedAt: number): Promise<string> {
  const newest = (await readdir(logs).catch(() => [])).sort().at(-1);
  const files = [startLog, ...(newest ? [join(logs, newest)] : [])];
  const tails = await Promise.all(files.map((file) => tail(file, startedAt).catch(() => '')));
  return tails.join('\n');
}

const TELLING = /\b(FATAL|PANIC|HINT|ERROR):|error while loading/;
/** Said to whoever connects too early: to us, that is. */
const TURNED_AWAY = /the database system is (starting up|shutting down|not (yet )?accepting|in recovery)/;

/** The lines that say why, out of everything a server said. */
export function reasons(words: string): string {
  const telling = words.split('\n').filter((line) => TELLING.test(line) && !TURNED_AWAY.test(line));
  return (telling.length > 0 ? telling : words.split('\n')).slice(-4).join(' ').trim();
}

async function tail(path: string, writtenSince: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    if (mtimeMs < writtenSince) return '';
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
