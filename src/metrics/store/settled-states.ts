import type { StateRow } from './state-row.js';

/** Rows of a piece of a read; buckets are counted from the piece's own first. */
interface Entry {
  readonly version: string;
  readonly rows: readonly StateRow[];
  readonly bytes: number;
}

const MIB = 1_048_576;
/** Of what is kept, roughly: the states behind some hundred different reads of a shop with a thousand products. */
const MAX_BYTES = 24 * MIB;
/** A read that is larger than this would push out everything else. */
const MAX_ENTRY_BYTES = MAX_BYTES / 8;
/** Of a row without sketches: its objects, strings and decimals. */
const ROW_BYTES = 400;
const SUM_BYTES = 100;

/**
 * States of closed buckets, as they were read and added up, with the version of the rows that they come from. Whoever
 * asks knows the version of the same snapshot that the rest of its answer comes from: what was written since, by
 * whichever process, has another one, so nothing here has to be told that it is out of date.
 */
export class SettledStates {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(private readonly maxBytes: number = MAX_BYTES) {}

  get(key: string, version: string): readonly StateRow[] | undefined {
    const entry = this.entries.get(key);
    if (entry?.version !== version) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.rows;
  }

  /** The rows must not be changed from here on. */
  set(key: string, version: string, rows: readonly StateRow[]): void {
    this.drop(key);
    const bytes = key.length + rows.reduce((total, row) => total + sizeOfRow(row), 0);
    if (bytes > MAX_ENTRY_BYTES) return;
    this.entries.set(key, { version, rows, bytes });
    this.bytes += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.bytes -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}

/** Roughly, in bytes. */
export function sizeOfRow({ state }: StateRow): number {
  const sketches = (state.sketch?.byteSize ?? 0) + (state.distinct?.byteSize ?? 0);
  return ROW_BYTES + Object.keys(state.sums).length * SUM_BYTES + sketches;
}
