import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a process of this id exists, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process is the server of this data directory: process ids are used again, and after a reboot the id in a
 * pid file is as a rule somebody else's. A zombie is not a server any more.
 */
export async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  return isServerCommand(await commandOf(pid), data);
}

/** The server's own processes replace their command lines by a title, so this finds the postmaster alone. */
export function isServerCommand(command: readonly string[], data: string): boolean {
  return command.some((word, index) => word === '-D' && command[index + 1] === data);
}

async function commandOf(pid: number): Promise<string[]> {
  if (platform() === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim().split(/ (?=-[Dc] )|(?<= -[Dc]) /);
}
