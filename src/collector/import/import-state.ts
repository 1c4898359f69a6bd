import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../../platform/cli/index.js';
import type { Position } from './reading/line-splitter.js';
import type { TallyState } from './sending/tally.js';

/** What the state is about: the content of a file, going to one service. */
export interface Subject {
  fileSha256: string;
  target: string;
}

/** The shift that `--shift-to-now` chose once for a file and a target, for good. */
export interface RememberedShift {
  days: number;
  /** The file's newest event, as it stands in the file. */
  newest: string;
  decidedAt: string;
}

/** How far an interrupted import got: everything before `position` has its verdict, counted in `tally`. */
export interface Checkpoint {
  shiftDays: number;
  position: Position;
  tally: TallyState;
  savedAt: string;
}

/**
 * Small JSON files in a folder of DATA_DIR. Each is written beside its place and then moved there, so that a reader
 * (and a run after a crash) finds the old or the new one, never half of one; imports of the same file side by side only
 * ever overwrite a true checkpoint by another true one.
 */
export class ImportState {
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'imports');
  }

  async prepare(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
    } catch (error) {
      throw new CommandError(
        `Cannot keep track of imports in ${this.folder}: ${(error as Error).message}. Set DATA_DIR to a folder that can be written.`,
      );
    }
  }

  readShift(subject: Subject): Promise<RememberedShift | undefined> {
    return this.read<RememberedShift>(subject, 'shift');
  }

  /** Keeps the shift of whoever came first, unless `replace`; answers the one that holds. */
  async rememberShift(subject: Subject, shift: RememberedShift, replace: boolean): Promise<RememberedShift> {
    const written = await this.writeTemporary(subject, shift);
    const place = this.pathOf(subject, 'shift');
    try {
      if (replace) await rename(written, place);
      else await link(written, place);
      return shift;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return (await this.readShift(subject)) ?? shift;
    } finally {
      await rm(written, { force: true });
    }
  }

  async readCheckpoint(subject: Subject, shiftDays: number): Promise<Checkpoint | undefined> {
    const checkpoint = await this.read<Checkpoint>(subject, 'checkpoint');
    return checkpoint?.shiftDays === shiftDays ? checkpoint : undefined;
  }

  async writeCheckpoint(subject: Subject, checkpoint: Checkpoint): Promise<void> {
    await rename(await this.writeTemporary(subject, checkpoint), this.pathOf(subject, 'checkpoint'));
  }

  async clearCheckpoint(subject: Subject): Promise<void> {
    await rm(this.pathOf(subject, 'checkpoint'), { force: true });
  }

  private async read<T>(subject: Subject, kind: 'shift' | 'checkpoint'): Promise<T | undefined> {
    const path = this.pathOf(subject, kind);
    try {
      const { state, ...about } = JSON.parse(await readFile(path, 'utf8')) as Subject & { state: T };
      return about.fileSha256 === subject.fileSha256 && about.target === subject.target ? state : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new CommandError(`Cannot read ${path}: ${(error as Error).message}. Delete it to start afresh.`);
    }
  }

  private async writeTemporary(subject: Subject, state: RememberedShift | Checkpoint): Promise<string> {
    const path = join(this.folder, `.${randomUUID()}.tmp`);
    const file = await open(path, 'wx');
    try {
      await file.writeFile(`${JSON.stringify({ ...subject, state }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  }

  private pathOf(subject: Subject, kind: 'shift' | 'checkpoint'): string {
    const target = createHash('sha256').update(subject.target).digest('hex');
    return join(this.folder, `${subject.fileSha256.slice(0, 16)}-${target.slice(0, 12)}.${kind}.json`);
  }
}
