import { createHash } from 'node:crypto';
import { commandOf, isAlive, listProcesses } from './processes.js';

/** `cluster_name`: it stands in the title of each of the server's processes, so it has to be this folder's alone. */
export function clusterName(data: string): string {
  return `analytics-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`;
}

/**
 * Whether the process is the server of this data directory: process ids are used again, and after a reboot the id in a
 * pid file is as a rule somebody else's. A zombie is not a server any more.
 */
export async function isServerOf(pid: number, data: string): Promise<boolean> {
  return isAlive(pid) && isServerCommand(await commandOf(pid), data);
}

/** The server's own processes replace their command lines by a title, so this finds the postmaster alone. */
export function isServerCommand(command: readonly string[], data: string): boolean {
  return command.some((word, index) => word === '-D' && command[index + 1] === data);
}

/**
 * Ends what is left of a server that was killed: processes that are busy do not notice that it is gone, hold on to its
 * memory, and keep the next one from starting. SIGQUIT is what the server itself sends when one of its processes
 * crashes; what was committed is safe.
 * @returns how many were told to end
 */
export async function endOrphans(data: string): Promise<number> {
  const processes = await listProcesses();
  if (processes.some(({ command }) => isServerCommand(command, data))) return 0;
  const orphans = processes.filter(({ command }) => isProcessOf(command, data));
  for (const { pid } of orphans) {
    try {
      process.kill(pid, 'SIGQUIT');
    } catch (error) {
      // It ended by itself after all.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return orphans.length;
}

/** @param command a title like `postgres: analytics-0123456789ab: analytics analytics 127.0.0.1(41234) COPY` */
export function isProcessOf(command: readonly string[], data: string): boolean {
  return command[0]?.startsWith(`postgres: ${clusterName(data)}: `) ?? false;
}
