import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './launcher.js';
import { probe } from './probe.js';
import { readPidFile } from './pid-file.js';
import type { ServerContext } from './server-context.js';
import { pruneLogs, reasons, wordsSince } from './server-logs.js';
import { serverArguments } from './server-settings.js';

/**
 * Why a server did not come up. `already-running`: somebody else has just started it. `old-processes`: its predecessor
 * was killed and parts of it still live. `broken`: waiting does not help.
 */
export type StartFailure = 'already-running' | 'old-processes' | 'port-taken' | 'broken';

export type StartOutcome = { readonly pid: number } | { readonly failure: StartFailure; readonly reason: string };

const POLL_MS = 25;
const SAY_AGAIN_MS = 10_000;

/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal of the app does not reach it, and waits
 * until it answers; however long it recovers from a crash, as long as it lives.
 * @throws the signal's reason when aborted; the server is then left to itself
 */
export async function startServer(context: ServerContext, port: number, signal: AbortSignal): Promise<StartOutcome> {
  const { paths } = context;
  await pruneLogs(paths);
  const log = await open(paths.startLog, 'w', 0o600);
  // By the clock of the file system, which need not be this process's: times of other files are compared with it.
  const startedAt = (await log.stat()).mtimeMs;
  const command = [context.binaries.postgres, ...serverArguments(paths, port, context.settings)];
  const child = launch(context.launcher, command, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  child.unref();
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  await log.close();
  if (await isReady(context, port, child, signal)) return { pid: child.pid! };
  const words = await wordsSince(paths, startedAt);
  return { failure: classify(words), reason: reasons(words) || (spawnError?.message ?? howItEnded(child)) };
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string {
  return `it ended with ${signalCode ? `signal ${signalCode}` : `code ${exitCode}`} and said nothing`;
}

/** @returns false when the server ended instead */
async function isReady(
  { paths, log }: ServerContext,
  port: number,
  child: ChildProcess,
  signal: AbortSignal,
): Promise<boolean> {
  for (let saidAt = Date.now(); !hasEnded(child); await sleep(POLL_MS)) {
    signal.throwIfAborted();
    // The port may be another server's while ours is about to find that out.
    if ((await probe(paths, port)) === 'ours' && (await readPidFile(paths.data))?.pid === child.pid) return true;
    if (Date.now() - saidAt > SAY_AGAIN_MS) {
      log.info('The database is still recovering from a crash.');
      saidAt = Date.now();
    }
  }
  return false;
}

const SIGNS: readonly [RegExp, StartFailure][] = [
  [/lock file "postmaster\.pid" (already exists|is empty)/, 'already-running'],
  [/pre-existing shared memory block/, 'old-processes'],
  [/could not bind|Address already in use|could not create any TCP/, 'port-taken'],
];

/** The server's messages are in English, whatever the locale of the machine: it is started with LC_ALL=C. */
export function classify(words: string): StartFailure {
  return SIGNS.find(([sign]) => sign.test(words))?.[1] ?? 'broken';
}
