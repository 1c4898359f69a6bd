import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandError } from '../../../platform/cli/index.js';
import { FILE_START, LineSplitter, type Line, type Position } from './line-splitter.js';

/** A file that can be imported, as far as that can be told without reading all of it. */
export interface EventFile {
  path: string;
  /** For messages. */
  name: string;
  sizeBytes: number;
  modifiedMs: number;
  gzip: boolean;
}

/** The file itself is at fault: no other try of the same file can end otherwise, but other files can. */
export class UnreadableFileError extends CommandError {}

export interface ReadOptions {
  /** Where to begin; the default is the start of the file. */
  from?: Position;
  /** Sees every byte of the file as it is on disk. */
  onBytes?: (chunk: Buffer) => void;
}

const CHUNK_BYTES = 256 * 1024;
const FORMATS: { magic: number[]; name: string }[] = [
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'Zstandard-compressed' },
  { magic: [0x50, 0x4b, 0x03, 0x04], name: 'a ZIP archive' },
  { magic: [0x42, 0x5a, 0x68], name: 'bzip2-compressed' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'xz-compressed' },
  { magic: [0xff, 0xfe], name: 'UTF-16 text' },
  { magic: [0xfe, 0xff], name: 'UTF-16 text' },
];

/** @throws CommandError saying what is wrong with the file */
export async function inspectEventFile(path: string): Promise<EventFile> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw new CommandError(`${path} is a folder: name the files in it.`);
    if (!status.isFile())
      throw new CommandError(`${path} is not a regular file (it is read twice, so a pipe will not do).`);
    const gzip = isGzip(path, await readHead(path));
    return { path, name: basename(path), sizeBytes: status.size, modifiedMs: status.mtimeMs, gzip };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** @throws UnreadableFileError when the file has been written to since it was inspected */
export async function assertUnchanged(file: EventFile): Promise<void> {
  const status = await stat(file.path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file.path, error);
  });
  if (status.size === file.sizeBytes && status.mtimeMs === file.modifiedMs) return;
  throw new UnreadableFileError(
    `${file.path} was changed while it was being read: import it again when it is complete.`,
  );
}

/** Reads the lines of a file, some at a time. @throws UnreadableFileError when it cannot be read to its end */
export async function* readLines(file: EventFile, options: ReadOptions = {}): AsyncGenerator<Line[]> {
  const from = options.from ?? FILE_START;
  const splitter = new LineSplitter(from);
  // What a compressed file had before the place cannot be skipped without decompressing it.
  let skip = file.gzip ? from.bytes : 0;
  try {
    for await (const chunk of openBytes(file, file.gzip ? 0 : from.bytes, options.onBytes)) {
      const wanted = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - wanted.length;
      const lines = splitter.split(wanted);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw unreadable(file.path, error as NodeJS.ErrnoException);
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

function openBytes(file: EventFile, start: number, onBytes?: (chunk: Buffer) => void): AsyncIterable<Buffer> {
  const raw: ReadStream = createReadStream(file.path, { start, highWaterMark: CHUNK_BYTES });
  if (onBytes) raw.on('data', (chunk) => onBytes(chunk as Buffer));
  if (!file.gzip) return raw;
  // A failure of either ends the iteration over the other; there is nothing left for the callback to do.
  return pipeline(raw, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isGzip(path: string, head: Buffer): boolean {
  if (head[0] === 0x1f && head[1] === 0x8b) return true;
  if (path.endsWith('.gz')) throw new CommandError(`${path} is named .gz but is not gzip-compressed.`);
  const format = FORMATS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  if (format) throw new CommandError(`${path} is ${format.name}: convert it to UTF-8 NDJSON, plain or gzip, first.`);
  return false;
}

function unreadable(path: string, error: NodeJS.ErrnoException): UnreadableFileError {
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    EACCES: 'may not be read by this user',
    Z_BUF_ERROR: 'ends in the middle of its gzip data: it was cut off; copy it again',
    Z_DATA_ERROR: `is damaged (gzip: ${error.message}); copy it again`,
  };
  const reason = reasons[error.code ?? ''] ?? `cannot be read: ${error.message}`;
  return new UnreadableFileError(`${path} ${reason}.`, undefined, { cause: error });
}
