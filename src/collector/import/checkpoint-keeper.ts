import type { Checkpoint, ImportState, Subject } from './import-state.js';
import { FILE_START, type Position } from './reading/line-splitter.js';
import { Tally, type BatchOutcome, type TallyState } from './sending/tally.js';

/** What a crash may cost in repeated work, and cheap beside it. */
const SAVE_EVERY_MS = 1_000;

/** Keeps the settled prefix of one import on disk while it runs. */
export class CheckpointKeeper {
  private position: Position;
  private readonly tally: Tally;
  private dirty = false;
  private savedAtMs: number;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly state: ImportState,
    private readonly about: { subject: Subject; shiftDays: number },
    resumed: Checkpoint | undefined,
    private readonly now: () => Date,
  ) {
    this.position = resumed?.position ?? FILE_START;
    this.tally = new Tally(resumed?.tally);
    this.savedAtMs = now().getTime();
  }

  get prefix(): { position: Position; tally: TallyState } {
    return { position: this.position, tally: this.tally.snapshot() };
  }

  /** The source is settled up to `end`. */
  advance(end: Position, outcome: BatchOutcome): void {
    this.position = end;
    this.tally.add(outcome);
    this.dirty = true;
    if (this.now().getTime() - this.savedAtMs < SAVE_EVERY_MS) return;
    this.savedAtMs = this.now().getTime();
    this.saving = this.saving.then(() => this.save());
    // Awaited by flush and finish, which every run ends with.
    this.saving.catch(() => undefined);
  }

  /** The run stopped short: the next one goes on here. */
  async flush(): Promise<void> {
    await this.saving;
    await this.save();
  }

  /** The run is complete: the next one sends everything again. */
  async finish(): Promise<void> {
    await this.saving;
    await this.state.clearCheckpoint(this.about.subject);
  }

  private async save(): Promise<void> {
    if (!this.dirty) return;
    this.dirty = false;
    const { position, tally } = this.prefix;
    const savedAt = this.now().toISOString();
    await this.state.writeCheckpoint(this.about.subject, { shiftDays: this.about.shiftDays, position, tally, savedAt });
  }
}
