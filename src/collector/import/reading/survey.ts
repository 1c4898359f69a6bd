import { createHash } from 'node:crypto';
import { timeOfUuidV7 } from './event-identity.js';
import { readLines, type EventFile } from './event-file.js';
import { readLine } from './prepare-line.js';
import type { Line } from './line-splitter.js';
import { instantOf } from './time-shift.js';

/** What a first reading of a file tells. */
export interface Survey {
  sha256: string;
  /** The newest time of any event; undefined when it was not asked for or no line has one. */
  newest: NewestEvent | undefined;
}

export interface NewestEvent {
  atMs: number;
  /** As it stands in the file. */
  text: string;
  line: number;
}

export interface SurveyOptions {
  /** Reads every line as well; without it the file is only hashed. */
  findNewest: boolean;
  /** Bytes of the file read so far. */
  onProgress: (bytes: number) => void;
  signal: AbortSignal;
}

/** @throws UnreadableFileError when the file cannot be read to its end */
export async function surveyFile(file: EventFile, options: SurveyOptions): Promise<Survey> {
  const hash = createHash('sha256');
  let bytes = 0;
  const onBytes = (chunk: Buffer): void => {
    hash.update(chunk);
    bytes += chunk.length;
    options.onProgress(bytes);
  };
  let newest: NewestEvent | undefined;
  // Undecompressed the lines mean nothing, but their reading costs next to nothing either.
  for await (const lines of readLines({ ...file, gzip: file.gzip && options.findNewest }, { onBytes })) {
    options.signal.throwIfAborted();
    if (options.findNewest) newest = newestOf(lines, newest);
  }
  return { sha256: hash.digest('hex'), newest };
}

function newestOf(lines: Line[], known: NewestEvent | undefined): NewestEvent | undefined {
  let newest = known;
  for (const line of lines) {
    const time = timeOf(line);
    if (time && (!newest || time.atMs > newest.atMs)) newest = { ...time, line: line.number };
  }
  return newest;
}

function timeOf(line: Line): { atMs: number; text: string } | undefined {
  const read = readLine(line);
  if (read.kind !== 'object') return undefined;
  const { occurred_at: occurredAt, event_id: eventId } = read.event;
  if (occurredAt === undefined) {
    const atMs = timeOfUuidV7(eventId);
    return atMs === undefined ? undefined : { atMs, text: new Date(atMs).toISOString() };
  }
  const atMs = instantOf(occurredAt);
  return atMs === undefined ? undefined : { atMs, text: occurredAt as string };
}
