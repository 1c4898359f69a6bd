import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Variables that set the clock of a process under libfaketime, and its zone. */
const VARIABLES = [
  'TZ',
  'LD_PRELOAD',
  'FAKETIME',
  'FAKETIME_DONT_FAKE_MONOTONIC',
  'DONT_FAKE_MONOTONIC',
  'NO_FAKE_STAT',
] as const;

/** libfaketime, from the Debian package `faketime`; undefined where it is not installed. */
const LIBRARY = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

/** Whether tests can move the clock of a process. */
export const canMoveClocks = LIBRARY !== undefined || explainAbsence();

function explainAbsence(): false {
  process.stderr.write('libfaketime (Debian: faketime) is not installed: tests of moved clocks are skipped.\n');
  return false;
}

const SHARED_MEMORY = '/dev/shm';

/**
 * libfaketime makes a semaphore under the id of its process and leaves it there when that is killed, locked at the worst:
 * a later process of the same id then waits for it before its first instruction, forever.
 */
function removeLeftovers(): void {
  for (const name of existsSync(SHARED_MEMORY) ? readdirSync(SHARED_MEMORY) : []) {
    const pid = /^(?:sem\.faketime_sem|faketime_shm)_(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(SHARED_MEMORY, name), { force: true });
  }
}

/** The clock and the zone of this test run, for a process that gets nothing else of its environment. */
export function inheritedClock(): NodeJS.ProcessEnv {
  if (process.env.FAKETIME !== undefined) removeLeftovers();
  return Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
}

/** The environment of a process whose clock is `seconds` ahead of the one of this test run. */
export function clockAhead(seconds: number): NodeJS.ProcessEnv {
  removeLeftovers();
  // The offset counts from the machine's clock, and the one of this run may be moved already.
  const offset = Number(process.env.FAKETIME ?? 0) + Math.round(seconds);
  return {
    LD_PRELOAD: LIBRARY,
    FAKETIME: `${offset < 0 ? '' : '+'}${offset}`,
    // Timers, deadlines and measured durations are no times of day.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}
