import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile } from './pid-file.js';
import type { ServerContext } from './server-context.js';
import { isServerOf } from './server-identity.js';

/**
 * Fast shutdown first: transactions are rolled back and everything is written. If that takes too long, immediate
 * shutdown, then the end: both lose nothing that was committed, but the next start has to recover.
 */
const STEPS: readonly { signal: NodeJS.Signals; patienceMs: number }[] = [
  { signal: 'SIGINT', patienceMs: 60_000 },
  { signal: 'SIGQUIT', patienceMs: 10_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];
const POLL_MS = 20;

/** Stops the server of the context, if one runs. */
export async function shutDown({ paths, log }: ServerContext): Promise<void> {
  const pid = (await readPidFile(paths.data))?.pid;
  if (pid === undefined) return;
  for (const { signal, patienceMs } of STEPS) {
    if (!(await isServerOf(pid, paths.data))) return;
    if (signal !== 'SIGINT') log.warn('The embedded database does not stop; insisting.', { signal });
    kill(pid, signal);
    if (await hasEnded(pid, paths.data, patienceMs)) return;
  }
  log.error('The embedded database could not be stopped.', { pid });
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function hasEnded(pid: number, data: string, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(POLL_MS)) {
    if (!(await isServerOf(pid, data))) return true;
  }
  return false;
}
