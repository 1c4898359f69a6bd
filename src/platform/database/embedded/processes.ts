import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessInfo {
  readonly pid: number;
  /** The words it was started with, or the title that it gave itself since. Empty for a zombie. */
  readonly command: readonly string[];
}

/** Whether a process of this id exists, whoever's it is, zombies included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export async function commandOf(pid: number): Promise<readonly string[]> {
  if (platform() === 'linux') return readCommand(pid);
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return splitCommand(stdout);
}

/** Every process whose command this user may see. Linux is asked without `ps`, which small containers do not have. */
export async function listProcesses(): Promise<ProcessInfo[]> {
  if (platform() !== 'linux') {
    const { stdout } = await run('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').flatMap((line) => {
      const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid && command ? [{ pid: Number(pid), command: splitCommand(command) }] : [];
    });
  }
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  return Promise.all(pids.map(async (pid) => ({ pid, command: await readCommand(pid) })));
}

async function readCommand(pid: number): Promise<string[]> {
  // The process may have ended, and a title is padded with zeros.
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0').filter((word) => word !== '');
}

/** `ps` joins the words with blanks; those of interest to us are options, or one title. */
function splitCommand(text: string): string[] {
  return text.trim().split(/ (?=-[Dc] )|(?<= -[Dc]) /);
}
