import { CommandError, ExitCode, startProgress, type Progress } from '../../platform/cli/index.js';
import type { Batch } from './reading/batch.js';
import { inspectEventFile, type EventFile } from './reading/event-file.js';
import { importFile, type FileImportResult } from './file-import.js';
import { describeTally, describeTotal } from './tally-report.js';
import { ImportState, type Subject } from './import-state.js';
import { surveyFile, type NewestEvent, type Survey } from './reading/survey.js';
import type { BatchOutcome } from './sending/tally.js';
import { DAY_MS, daysToYesterday } from './reading/time-shift.js';

export interface ImportRequest {
  paths: string[];
  shiftToNow: boolean;
  /** Asks for a new shift even where one is remembered. */
  shiftAgain: boolean;
  batchSize: number;
  concurrency: number;
  allowRejected: boolean;
  restart: boolean;
}

export interface ImportSurroundings {
  /** `Target.key` of where the events go. */
  target: string;
  send: (batch: Batch, signal: AbortSignal) => Promise<BatchOutcome>;
  showNotesOn: (progress: Progress) => void;
  state: ImportState;
  now: () => Date;
  /** Results, on stdout. */
  print: (line: string) => void;
}

interface ReadyFile {
  file: EventFile;
  subject: Subject;
  shiftDays: number;
}

const MIB = 1024 * 1024;

/** Imports files one after the other; nothing is sent before all of them were looked at. */
export class ImportRun {
  constructor(
    private readonly request: ImportRequest,
    private readonly surroundings: ImportSurroundings,
  ) {}

  async run(signal: AbortSignal): Promise<ExitCode> {
    const files = await this.inspect();
    await this.surroundings.state.prepare();
    const ready: ReadyFile[] = [];
    for (const file of files) ready.push(await this.survey(file, signal));
    const results: FileImportResult[] = [];
    for (const file of ready) results.push(await this.import(file, signal));
    if (results.length > 1) this.surroundings.print(describeTotal(results));
    if (results.some(({ failure }) => failure)) return ExitCode.failed;
    const rejected = results.some(({ tally }) => tally.rejected > 0);
    return rejected && !this.request.allowRejected ? ExitCode.rejected : ExitCode.ok;
  }

  private async inspect(): Promise<EventFile[]> {
    const inspected = await Promise.allSettled(this.request.paths.map((path) => inspectEventFile(path)));
    const problems = inspected.flatMap((file) => (file.status === 'rejected' ? [(file.reason as Error).message] : []));
    if (problems.length > 0) throw new CommandError(problems.join('\n'));
    return inspected.flatMap((file) => (file.status === 'fulfilled' ? [file.value] : []));
  }

  private async survey(file: EventFile, signal: AbortSignal): Promise<ReadyFile> {
    const progress = startProgress({ label: `${file.name}: first reading`, total: file.sizeBytes, unit: 'MiB' });
    const onProgress = (bytes: number): void => progress.update({ done: bytes, count: bytes / MIB });
    try {
      const survey = await surveyFile(file, { findNewest: this.request.shiftToNow, onProgress, signal });
      const subject = { fileSha256: survey.sha256, target: this.surroundings.target };
      return { file, subject, shiftDays: await this.chooseShift(file, subject, survey) };
    } finally {
      progress.stop();
    }
  }

  private async chooseShift(file: EventFile, subject: Subject, survey: Survey): Promise<number> {
    if (!this.request.shiftToNow) return 0;
    const { state, print } = this.surroundings;
    const remembered = this.request.shiftAgain ? undefined : await state.readShift(subject);
    if (remembered) {
      const decided = remembered.decidedAt.slice(0, 10);
      print(
        `${file.name}: times are moved by ${days(remembered.days)}, as decided on ${decided} (--shift-again decides anew).`,
      );
      return remembered.days;
    }
    if (survey.newest) return this.decideShift(file, subject, survey.newest);
    print(`${file.name}: no event has a time, so there is nothing to move.`);
    return 0;
  }

  private async decideShift(file: EventFile, subject: Subject, newest: NewestEvent): Promise<number> {
    const { state, now, print } = this.surroundings;
    const shift = {
      days: daysToYesterday(newest.atMs, now().getTime()),
      newest: newest.text,
      decidedAt: now().toISOString(),
    };
    const held = await state.rememberShift(subject, shift, this.request.shiftAgain);
    const day = new Date(newest.atMs + held.days * DAY_MS).toISOString().slice(0, 10);
    print(
      `${file.name}: times are moved by ${days(held.days)}: the newest event, ${newest.text} (line ${newest.line}), comes to ${day}.`,
    );
    return held.days;
  }

  private async import(ready: ReadyFile, signal: AbortSignal): Promise<FileImportResult> {
    const { print } = this.surroundings;
    const tools = { ...this.surroundings, batchSize: this.request.batchSize, concurrency: this.request.concurrency };
    try {
      const result = await importFile({ ...ready, restart: this.request.restart }, tools, signal);
      describeTally(ready.file.name, result).forEach(print);
      if (result.failure) print(`  but not the whole file: ${result.failure.message}`);
      return result;
    } catch (error) {
      const reason = signal.aborted ? new CommandError('Interrupted.', ExitCode.interrupted) : error;
      if (!(reason instanceof CommandError)) throw error;
      const hint = `The same command goes on where ${ready.file.name} stopped.`;
      throw new CommandError(`${reason.message}\n${hint}`, reason.exitCode, { cause: error });
    }
  }
}

function days(count: number): string {
  const sign = count > 0 ? '+' : '';
  return `${sign}${count} day${Math.abs(count) === 1 ? '' : 's'}`;
}
