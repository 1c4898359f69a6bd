import { formatCount, startProgress, type Progress } from '../../platform/cli/index.js';
import { cutBatches, MAX_BATCH_BYTES, type Batch } from './reading/batch.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import { deliver } from './sending/delivery.js';
import { assertUnchanged, readLines, UnreadableFileError, type EventFile } from './reading/event-file.js';
import type { Checkpoint, ImportState, Subject } from './import-state.js';
import { FILE_START, type Position } from './reading/line-splitter.js';
import { prepareLine } from './reading/prepare-line.js';
import type { BatchOutcome } from './sending/tally.js';
import type { ReportedTally } from './tally-report.js';

/** One file on its way to one target. */
export interface FileImportJob {
  file: EventFile;
  subject: Subject;
  shiftDays: number;
  /** Sends everything, whatever an interrupted run left behind. */
  restart: boolean;
}

export interface FileImportTools {
  state: ImportState;
  send: (batch: Batch, signal: AbortSignal) => Promise<BatchOutcome>;
  batchSize: number;
  concurrency: number;
  now: () => Date;
  /** Where notes of the sender go while the file's progress is shown. */
  showNotesOn: (progress: Progress) => void;
}

/** `tally` is of the whole file, including what an interrupted run had sent. */
export interface FileImportResult extends ReportedTally {
  /** Why the file could not be read to its end; what came before is in the tally. */
  failure?: UnreadableFileError;
}

/** @throws what kept the service from taking the file, after keeping a checkpoint of what was settled */
export async function importFile(
  job: FileImportJob,
  tools: FileImportTools,
  signal: AbortSignal,
): Promise<FileImportResult> {
  if (job.restart) await tools.state.clearCheckpoint(job.subject);
  const resumed = await tools.state.readCheckpoint(job.subject, job.shiftDays);
  const keeper = new CheckpointKeeper(tools.state, job, resumed, tools.now);
  const meter = new FileMeter(job.file, resumed?.position ?? FILE_START);
  tools.showNotesOn(meter.progress);
  if (resumed) meter.progress.note(describeResumption(job.file.name, resumed));
  try {
    const failure = await sendFile(job, { tools, keeper, meter }, signal);
    return { tally: keeper.prefix.tally, ...meter.result(), ...(failure && { failure }) };
  } finally {
    meter.progress.stop();
  }
}

async function sendFile(
  job: FileImportJob,
  { tools, keeper, meter }: { tools: FileImportTools; keeper: CheckpointKeeper; meter: FileMeter },
  signal: AbortSignal,
): Promise<UnreadableFileError | undefined> {
  const { file, subject, shiftDays } = job;
  const batches = cutBatches(
    readLines(file, { from: keeper.prefix.position, onBytes: (chunk) => meter.read(chunk.length) }),
    (line) => prepareLine(line, { fileSha256: subject.fileSha256, shiftDays }),
    { maxEvents: tools.batchSize, maxBytes: MAX_BATCH_BYTES },
  );
  const listener = { onOutcome: meter.settled.bind(meter), onPrefix: keeper.advance.bind(keeper) };
  try {
    await deliver(batches, { send: tools.send, concurrency: tools.concurrency, listener }, signal);
    await assertUnchanged(file);
    await keeper.finish();
    return undefined;
  } catch (error) {
    await keeper.flush();
    if (error instanceof UnreadableFileError) return error;
    throw error;
  }
}

function describeResumption(name: string, { position, savedAt }: Checkpoint): string {
  return `${name}: going on at line ${formatCount(position.lines + 1)}, where the import of ${savedAt} stopped; --restart sends everything.`;
}

/** Shows how far a file is: by its bytes on disk, since nobody knows its lines beforehand. */
class FileMeter {
  readonly progress: Progress;
  private readonly startedMs = performance.now();
  private bytes: number;
  private sent = 0;

  constructor(file: EventFile, from: Position) {
    this.bytes = file.gzip ? 0 : from.bytes;
    const start = { done: this.bytes, count: 0 };
    this.progress = startProgress({ label: file.name, total: file.sizeBytes, unit: 'events', start });
  }

  read(bytes: number): void {
    this.bytes += bytes;
  }

  settled(outcome: BatchOutcome): void {
    this.sent += outcome.accepted + outcome.duplicates + outcome.rejected.length;
    this.progress.update({ done: this.bytes, count: this.sent });
  }

  result(): { sent: number; seconds: number } {
    return { sent: this.sent, seconds: (performance.now() - this.startedMs) / 1000 };
  }
}
