import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inheritedClock } from './moved-clock.js';

export const ROOT = join(__dirname, '..', '..');
const POLL_MS = 20;

/**
 * A script of the built service running as a process of its own. Nothing of the test's own environment leaks into it but
 * its clock and zone: processes that work together have to agree on the time.
 */
export class AppProcess {
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';
  private hasEnded = false;
  private readonly child: ChildProcess;

  /** @param stdoutFile where its standard output goes, instead of to `stdout` */
  constructor(
    script: string,
    environment: NodeJS.ProcessEnv,
    args: readonly string[] = [],
    { cwd, stdoutFile }: { readonly cwd?: string; readonly stdoutFile?: string } = {},
  ) {
    const { PATH, HOME, LANG } = process.env;
    const file = stdoutFile === undefined ? undefined : openSync(stdoutFile, 'a');
    this.child = spawn(process.execPath, [join(ROOT, 'dist', script), ...args], {
      cwd: cwd ?? ROOT,
      env: { PATH, HOME, LANG, ...inheritedClock(), ...environment },
      stdio: ['ignore', file ?? 'pipe', 'pipe'],
    });
    if (file !== undefined) closeSync(file);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code) => {
        this.hasEnded = true;
        resolve(code);
      });
    });
    const reaper = startReaper(this.pid);
    this.child.on('close', () => reaper.stdin?.end('ended\n'));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or an error with all it wrote when it is still running after `ms`. */
  async exitWithin(ms: number): Promise<number | null> {
    await until(
      () => !this.isRunning,
      ms,
      () => `Process ${this.pid} is still running.\n${this.output}`,
    );
    return this.ended;
  }
}

/**
 * Ends the process (a group of them: its number, negative) when the test run is cut off: the standard input of what this
 * starts then closes, whatever became of the run.
 */
export function startReaper(pid: number): ChildProcess {
  const script = 'read -r ended || kill -KILL "$0"';
  const reaper = spawn('sh', ['-c', script, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  reaper.unref();
  return reaper;
}

/** Waits until `holds` is true; fails after `ms` with what `why` says. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  ms: number,
  why: () => string = () => 'It did not happen in time.',
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits for the next UTC day where this one ends within `ms`, for tests in which a date must not change meanwhile. */
export async function stayWithinDay(ms: number): Promise<void> {
  const dayMs = 86_400_000;
  const day = Math.floor((Date.now() + ms) / dayMs);
  await until(() => Math.floor(Date.now() / dayMs) === day, ms + 1_000);
}

/** Ends the embedded database of a folder whose app is gone. */
export async function killOrphanedDatabase(dataDir: string): Promise<void> {
  const pidFile = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(pidFile.split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid < 2) return;
  process.kill(pid, 'SIGQUIT');
  await until(
    () => !isAlive(pid),
    10_000,
    () => `PostgreSQL ${pid} does not end.`,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
