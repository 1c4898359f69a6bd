import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../../platform/cli/index.js';

/**
 * Small JSON files that commands remember things in. Each is written beside its place and then moved there: a reader,
 * also after a crash, finds the old or the new one, never half of one.
 */
export class StateFolder {
  constructor(private readonly folder: string) {}

  /** @throws CommandError when the folder cannot be made */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
    } catch (error) {
      const reason = (error as Error).message;
      throw new CommandError(
        `Cannot keep state in ${this.folder}: ${reason}. Set DATA_DIR to a folder that can be written.`,
      );
    }
  }

  /** @throws CommandError when there is something that is no JSON */
  async read(name: string): Promise<unknown> {
    const path = join(this.folder, name);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as unknown;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new CommandError(`Cannot read ${path}: ${(error as Error).message}. Delete it to start afresh.`);
    }
  }

  async write(name: string, value: unknown): Promise<void> {
    await rename(await this.writeTemporary(value), join(this.folder, name));
  }

  /** Writes only where nothing is yet; answers whether it did. */
  async create(name: string, value: unknown): Promise<boolean> {
    const temporary = await this.writeTemporary(value);
    try {
      await link(temporary, join(this.folder, name));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  private async writeTemporary(value: unknown): Promise<string> {
    const path = join(this.folder, `.${randomUUID()}.tmp`);
    const file = await open(path, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  }
}
