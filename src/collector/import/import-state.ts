import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Position } from './reading/line-splitter.js';
import type { TallyState } from './sending/tally.js';
import { StateFolder } from './state-folder.js';

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
 * What imports remember, in a folder of DATA_DIR. Imports of the same file side by side only ever overwrite a true
 * checkpoint by another true one.
 */
export class ImportState {
  private readonly folder: StateFolder;

  constructor(dataDir: string) {
    this.folder = new StateFolder(join(dataDir, 'imports'));
  }

  prepare(): Promise<void> {
    return this.folder.prepare();
  }

  readShift(subject: Subject): Promise<RememberedShift | undefined> {
    return this.read<RememberedShift>(subject, 'shift');
  }

  /** Keeps the shift of whoever came first, unless `replace`; answers the one that holds. */
  async rememberShift(subject: Subject, shift: RememberedShift, replace: boolean): Promise<RememberedShift> {
    const entry = { ...subject, state: shift };
    if (replace) await this.folder.write(nameOf(subject, 'shift'), entry);
    else if (!(await this.folder.create(nameOf(subject, 'shift'), entry)))
      return (await this.readShift(subject)) ?? shift;
    return shift;
  }

  async readCheckpoint(subject: Subject, shiftDays: number): Promise<Checkpoint | undefined> {
    const checkpoint = await this.read<Checkpoint>(subject, 'checkpoint');
    return checkpoint?.shiftDays === shiftDays ? checkpoint : undefined;
  }

  writeCheckpoint(subject: Subject, checkpoint: Checkpoint): Promise<void> {
    return this.folder.write(nameOf(subject, 'checkpoint'), { ...subject, state: checkpoint });
  }

  clearCheckpoint(subject: Subject): Promise<void> {
    return this.folder.remove(nameOf(subject, 'checkpoint'));
  }

  private async read<T>(subject: Subject, kind: Kind): Promise<T | undefined> {
    const entry = (await this.folder.read(nameOf(subject, kind))) as (Subject & { state: T }) | undefined;
    return entry?.fileSha256 === subject.fileSha256 && entry.target === subject.target ? entry.state : undefined;
  }
}

type Kind = 'shift' | 'checkpoint';

/** Short enough to read; that the whole subject is the right one is checked by what the file says. */
function nameOf({ fileSha256, target }: Subject, kind: Kind): string {
  const targetSha256 = createHash('sha256').update(target).digest('hex');
  return `${fileSha256.slice(0, 16)}-${targetSha256.slice(0, 12)}.${kind}.json`;
}
