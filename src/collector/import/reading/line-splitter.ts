/** Twice what the service takes for one event: a longer line cannot become one, whatever is in it. */
export const MAX_LINE_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** A place in the (decompressed) file: everything before it has been dealt with. */
export interface Position {
  bytes: number;
  lines: number;
}

export const FILE_START: Position = { bytes: 0, lines: 0 };

export interface Line {
  /** From 1. */
  number: number;
  /** Without its newline; undefined when it is longer than MAX_LINE_BYTES and was not kept. */
  bytes: Buffer | undefined;
  /** Offset in the decompressed file after the line and its newline. */
  endBytes: number;
}

/** Cuts a stream of chunks into lines and never holds more than one chunk and MAX_LINE_BYTES. */
export class LineSplitter {
  private offset: number;
  private lines: number;
  /** The beginning of a line whose end has not come yet. */
  private head: Buffer[] = [];
  private headBytes = 0;

  constructor(start: Position = FILE_START) {
    this.offset = start.bytes;
    this.lines = start.lines;
  }

  split(chunk: Buffer): Line[] {
    const found: Line[] = [];
    let start = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline !== -1; newline = chunk.indexOf(NEWLINE, start)) {
      found.push(this.finishLine(chunk.subarray(start, newline), 1));
      start = newline + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
    return found;
  }

  /** The last line, when the file does not end with a newline. */
  end(): Line[] {
    return this.headBytes > 0 ? [this.finishLine(Buffer.alloc(0), 0)] : [];
  }

  private keep(part: Buffer): void {
    this.headBytes += part.length;
    if (this.headBytes > MAX_LINE_BYTES) this.head = [];
    else this.head.push(part);
  }

  private finishLine(tail: Buffer, newlineBytes: number): Line {
    const length = this.headBytes + tail.length;
    const bytes = length > MAX_LINE_BYTES ? undefined : this.joined(tail);
    this.head = [];
    this.headBytes = 0;
    this.lines += 1;
    this.offset += length + newlineBytes;
    return { number: this.lines, bytes, endBytes: this.offset };
  }

  private joined(tail: Buffer): Buffer {
    return this.head.length === 0 ? tail : Buffer.concat([...this.head, tail]);
  }
}
