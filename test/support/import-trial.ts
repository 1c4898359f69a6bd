import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppProcess } from './app-process.js';
import { endOf, startCommand, type CommandEnd } from './command-line.js';
import { EventReceiver } from './event-receiver.js';

/** The import command, a folder for its files and its memory, and a server that misbehaves to order. */
export class ImportTrial {
  private constructor(
    readonly folder: string,
    readonly receiver: EventReceiver,
  ) {}

  static async open(): Promise<ImportTrial> {
    return new ImportTrial(await mkdtemp(join(tmpdir(), 'import-trial-')), await EventReceiver.start());
  }

  async close(): Promise<void> {
    await this.receiver.stop();
    await rm(this.folder, { recursive: true });
  }

  start(...args: string[]): AppProcess {
    const environment = { DATA_DIR: join(this.folder, 'data') };
    return startCommand('import', ['--url', this.receiver.url, '--token', 'secret-token', ...args], environment);
  }

  run(...args: string[]): Promise<CommandEnd> {
    return endOf(this.start(...args));
  }

  /** Names of the files in which imports remember things. */
  states(): Promise<string[]> {
    return readdir(join(this.folder, 'data', 'imports')).catch(() => []);
  }

  async fileOf(name: string, content: string[] | Buffer): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`);
    return path;
  }
}

export function lineOf(index: number, fields: Record<string, unknown> = {}): string {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const event = { event_type: 'error', event_id: id, occurred_at: '2011-09-30T10:00:00Z', name: 'a', message: 'b' };
  return JSON.stringify({ ...event, ...fields });
}

export function linesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => lineOf(index));
}
