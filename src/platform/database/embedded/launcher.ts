import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { readEnvironment } from '../../config/index.js';
import type { ServerAccount } from './server-account.js';

/** A way to start PostgreSQL's programs: as whom, and with which help. */
export interface Launcher {
  readonly account?: ServerAccount;
  /** Put before the command; it ends by becoming the command, so that the process id stays the same. */
  readonly prefix: readonly string[];
}

export interface Finished {
  readonly code: number | null;
  /** The end of what it wrote to standard output and error. */
  readonly output: string;
}

const MAX_OUTPUT = 4_000;
/** Nothing of the app's environment (its secrets, or variables like PGOPTIONS) reaches the server. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };
/** What moves the clock of the app (libfaketime): the server has to agree with it on the time. */
const CLOCK = ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC', 'DONT_FAKE_MONOTONIC', 'NO_FAKE_STAT'];

/** The ways to run as `account`, the plain one first. */
export function launchersFor(account: ServerAccount | undefined): Launcher[] {
  if (!account) return [{ prefix: [] }];
  return [{ account, prefix: [] }, ...['dac_read_search', 'dac_override'].map((power) => withPower(account, power))];
}

/**
 * Lets the account through folders that are closed to it, such as a checkout under /root. Containers often have the
 * stronger of the two capabilities only. PostgreSQL asks with access(2) whether it may run its own parts, and there the
 * kernel ignores the capabilities of anybody but root, unless the "fixup" is off.
 */
function withPower(account: ServerAccount, power: string): Launcher {
  const identity = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
  ];
  return { prefix: ['setpriv', ...identity, `--inh-caps=+${power}`, `--ambient-caps=+${power}`, '--'] };
}

export function launch(launcher: Launcher, command: readonly string[], options: SpawnOptions): ChildProcess {
  const [file, ...args] = [...launcher.prefix, ...command] as [string, ...string[]];
  const { account } = launcher;
  return spawn(file, args, {
    cwd: '/',
    env: serverEnvironment(),
    ...(account && { uid: account.uid, gid: account.gid }),
    ...options,
  });
}

function serverEnvironment(): NodeJS.ProcessEnv {
  const environment = readEnvironment();
  if (environment['FAKETIME'] === undefined) return ENVIRONMENT;
  return { ...ENVIRONMENT, ...Object.fromEntries(CLOCK.map((name) => [name, environment[name]])) };
}

/** Runs a program to its end. A program that cannot be started at all has no exit code. */
export async function runToEnd(launcher: Launcher, command: readonly string[]): Promise<Finished> {
  const child = launch(launcher, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-MAX_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output: output.trim() }));
  });
}
