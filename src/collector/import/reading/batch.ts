import { FILE_START, type Line, type Position } from './line-splitter.js';
import type { PreparedLine } from './prepare-line.js';

export interface RejectedLine {
  line: number;
  eventId?: string | undefined;
  reason: string;
}

/** Some consecutive lines of a source, ready to send. */
export interface Batch {
  /** From 0, without gaps. */
  sequence: number;
  /** JSON texts; `lines[i]` is the line of `events[i]`. */
  events: string[];
  lines: number[];
  /** Lines that cannot be sent at all. */
  refused: RejectedLine[];
  /** Of the lines in `events`. */
  bytes: number;
  /** Where the source stands after this batch. */
  end: Position;
}

export interface BatchLimits {
  maxEvents: number;
  maxBytes: number;
}

/** Well under the 10 MiB that the service takes, and small enough that some of them in flight weigh nothing. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Collects lines into batches; `prepare` says what becomes of a line. */
export async function* cutBatches(
  source: AsyncIterable<Line[]>,
  prepare: (line: Line) => PreparedLine,
  limits: BatchLimits,
): AsyncGenerator<Batch> {
  let batch = emptyBatch(0);
  for await (const lines of source) {
    for (const line of lines) {
      if (!hasRoom(batch, line, limits)) {
        yield batch;
        batch = emptyBatch(batch.sequence + 1);
      }
      add(batch, line, prepare(line));
    }
  }
  if (batch.end.lines > 0) yield batch;
}

function emptyBatch(sequence: number): Batch {
  return { sequence, events: [], lines: [], refused: [], bytes: 0, end: FILE_START };
}

function hasRoom(batch: Batch, line: Line, limits: BatchLimits): boolean {
  if (batch.events.length + batch.refused.length >= limits.maxEvents) return false;
  return batch.events.length === 0 || batch.bytes + sizeOf(line) <= limits.maxBytes;
}

function add(batch: Batch, line: Line, prepared: PreparedLine): void {
  if (prepared.kind === 'event') {
    batch.events.push(prepared.json);
    batch.lines.push(line.number);
    batch.bytes += sizeOf(line);
  } else if (prepared.kind === 'rejected') {
    batch.refused.push({ line: line.number, reason: prepared.reason });
  }
  batch.end = { bytes: line.endBytes, lines: line.number };
}

function sizeOf(line: Line): number {
  return line.bytes?.length ?? 0;
}
