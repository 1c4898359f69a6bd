import { fstatSync, statfsSync, writeSync } from 'node:fs';

/** How writing the log goes. */
export interface LogLoss {
  /** Lines that could not be written since the process began. */
  readonly lines: number;
  /** When the last one was lost, by `performance.now()`; undefined: none was. */
  readonly lastAt?: number;
  /** Why, as the operating system names it, e.g. `ENOSPC`. */
  readonly code?: string;
  /** The last attempt failed. */
  readonly isFailing: boolean;
}

type Write = (bytes: Uint8Array, from: number) => number;

const STDOUT = 1;
/** A reader that does not keep up with a pipe holds the process up for no longer than this, line by line. */
const LONGEST_WAIT_MS = 100;
const PAUSE_MS = 5;

/**
 * Writes lines, synchronously: the last line before the end of the process is the one that matters. Never throws: what cannot be
 * written is dropped and counted, and the next line is tried again.
 */
export class LogOutput {
  private lines = 0;
  private lastAt?: number;
  private code?: string;
  private isFailing = false;
  /** A line was cut in the middle: the next one needs a line feed before it. */
  private isTorn = false;

  constructor(
    private readonly write: Write = (bytes, from) => writeSync(STDOUT, bytes, from),
    private readonly isFull: () => boolean | undefined = isStdoutFull,
  ) {}

  writeLine(line: string): void {
    const bytes = Buffer.from(this.isTorn ? `\n${line}` : line);
    let written = 0;
    try {
      written = this.writeAll(bytes, (done) => (written = done));
      this.isFailing = false;
      this.isTorn = false;
    } catch (error) {
      this.isTorn = this.isTorn ? written <= 1 : written > 0;
      this.lost(error);
    }
  }

  loss(): LogLoss {
    const isFull = this.isFull();
    // Nothing may have been written since there is room again.
    const hasRoomAgain = isFull === false && this.code === 'ENOSPC';
    return {
      lines: this.lines,
      ...(this.lastAt !== undefined && { lastAt: this.lastAt }),
      ...(this.code !== undefined && { code: this.code }),
      isFailing: isFull === true || (this.isFailing && !hasRoomAgain),
    };
  }

  /** Counts a line that was lost before it could be written. */
  lost(error: unknown): void {
    const { code } = (error ?? {}) as { code?: unknown };
    this.lines++;
    this.lastAt = performance.now();
    this.code = typeof code === 'string' ? code : 'unknown';
    this.isFailing = true;
  }

  private writeAll(bytes: Uint8Array, onWritten: (done: number) => void): number {
    let done = 0;
    let waitedMs = 0;
    while (done < bytes.length) {
      try {
        done += this.write(bytes, done);
        onWritten(done);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'EAGAIN' || waitedMs >= LONGEST_WAIT_MS) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
        waitedMs += PAUSE_MS;
      }
    }
    return done;
  }
}

/** The one of this process. */
export const logOutput = new LogOutput();

/** A full disk shows before the next line is lost on it. Undefined where the log is no file, or the system has no /proc. */
function isStdoutFull(): boolean | undefined {
  try {
    return fstatSync(STDOUT).isFile() ? statfsSync('/proc/self/fd/1').bavail === 0 : undefined;
  } catch {
    return undefined;
  }
}
