import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running server writes into `postmaster.pid`. A server that has just begun has not written all of it. */
export interface PidFile {
  readonly pid: number;
  readonly port?: number;
  readonly text: string;
}

const PORT_LINE = 3;

export function pidFilePath(data: string): string {
  return join(data, 'postmaster.pid');
}

export async function readPidFile(data: string): Promise<PidFile | undefined> {
  try {
    return parsePidFile(await readFile(pidFilePath(data), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a file without a process id: the server is creating it, or the disk was full. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[PORT_LINE]);
  return { pid, text, ...(Number.isInteger(port) && port > 0 && { port }) };
}
