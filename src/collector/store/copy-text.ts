import { isStorableText } from '../../events/index.js';

const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const FIRST_BEYOND_ASCII = 128;
/** Beyond this the engine's own search and copy are faster than a loop. */
const LOOP_LENGTH = 80;
/** Up to here a loop is faster than the call. */
const SET_LENGTH = 24;
const MAX_BYTES_PER_UNIT = 3;
const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Text in PostgreSQL's COPY format, written straight into bytes: most values are short and plain ASCII, and for those a
 * loop over their characters that looks for escapes and copies in one go beats making strings first.
 */
export class CopyText {
  private bytes: Buffer;
  private length = 0;

  constructor(expectedBytes: number) {
    this.bytes = Buffer.allocUnsafe(expectedBytes);
  }

  get size(): number {
    return this.length;
  }

  /** What was written so far; shares its memory with this object, which must not be written to any more. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Forgets what was written after `size`. */
  cutBack(size: number): void {
    this.length = size;
  }

  /** Bytes that were prepared once. */
  constant(prepared: Buffer): void {
    this.makeRoom(prepared.length);
    const { bytes, length } = this;
    if (prepared.length > SET_LENGTH) bytes.set(prepared, length);
    else for (let at = 0; at < prepared.length; at++) bytes[length + at] = prepared[at]!;
    this.length = length + prepared.length;
  }

  /** ASCII that needs no escapes: separators, numbers, ids. */
  plain(text: string): void {
    this.makeRoom(text.length);
    const { bytes, length } = this;
    for (let at = 0; at < text.length; at++) bytes[length + at] = text.charCodeAt(at);
    this.length = length + text.length;
  }

  /** Any text. False, and nothing of use was written, when it has characters that cannot be stored. */
  value(text: string): boolean {
    if (text.length > LOOP_LENGTH) return this.anyText(text);
    this.makeRoom(text.length);
    const { bytes, length } = this;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < FIRST_PRINTABLE || code >= FIRST_BEYOND_ASCII || code === BACKSLASH) return this.anyText(text);
      bytes[length + at] = code;
    }
    this.length = length + text.length;
    return true;
  }

  private anyText(text: string): boolean {
    if (!isStorableText(text)) return false;
    const escaped = NEEDS_ESCAPE.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character]!) : text;
    this.makeRoom(escaped.length * MAX_BYTES_PER_UNIT);
    this.length += this.bytes.write(escaped, this.length);
    return true;
  }

  private makeRoom(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
