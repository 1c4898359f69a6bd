import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { floorTo, LEVEL_MS } from '../planner/level.js';
import type { Span } from '../planner/segments.js';
import type { PendingMark } from './pending-mark-reads.js';
import { sizeOfRow } from './settled-states.js';
import { rawCountStatement, rawStateStatement } from './state-query.js';
import { run, statesOf, type LiveRead, type StateRead } from './state-read.js';
import type { StateRow } from './state-row.js';

/** What was read of raw spans; `complete`: false when the time was up before all of their events were read. */
export interface SlicedAnswer {
  readonly rows: readonly StateRow[];
  readonly complete: boolean;
}

/** Events of each minute of the raw spans, by its start: an exact number for families whose events are one fact each. */
export type MinuteCounts = ReadonlyMap<number, number>;

/** A second of a minute, or what the range cuts of it. */
interface Slice extends Span {
  readonly second: number;
  /** Only whole seconds are remembered. */
  readonly isWhole: boolean;
}

interface ReadSlice {
  readonly rows: readonly StateRow[];
  /** All there are of the family, also those that the filters leave out. */
  readonly facts: number;
  /** False: events of it may still be on their way, so it is read again. */
  readonly settled: boolean;
}

interface MinuteSlices {
  /** By second. */
  readonly slices: Map<number, ReadSlice>;
  /** By `performance.now()`. */
  usedAt: number;
}

/** Slices of one kind of read: same family, dimensions, filters and needs, whatever the window. */
interface Track {
  readonly minutes: Map<number, MinuteSlices>;
  bytes: number;
  /** Reads of a track come one after the other: the second finds what the first one has read. */
  queue: Promise<unknown>;
}

interface Work {
  readonly tx: EntityManager;
  readonly read: StateRead;
  readonly budget: TimeBudget;
}

/** Lets statements begin that will probably end in time, and the first one in any case. */
class TimeBudget {
  private longestMs = 0;
  private hasBegun = false;

  /** @param until by `performance.now()` */
  constructor(private readonly until: number) {}

  get isUp(): boolean {
    return this.hasBegun && performance.now() + this.longestMs >= this.until;
  }

  async spend<T>(statement: () => Promise<T>): Promise<T> {
    this.hasBegun = true;
    const started = performance.now();
    const result = await statement();
    this.longestMs = Math.max(this.longestMs, performance.now() - started);
    return result;
  }
}

const SECOND_MS = 1_000;
const SECONDS = 60;
/** Up to here one statement reads everything within some 50 ms. */
const MAX_EVENTS_AT_ONCE = 100_000;
/** A statement is not broken off: smaller ones keep the time better, and cost more of it. */
const SLICED_EVENTS_AT_ONCE = 30_000;
/** Fewer pending events than this are not worth asking how many the edges hold. */
const COUNTED_FROM_EVENTS = 10_000;
/** The edges of a window, and the minutes that are still open or just closed. */
const UNCOUNTED_MINUTES = 5;
/** After its minute had that many pending events a family's edges are counted for as long as they can be of that minute. */
const BUSY_MS = 3 * LEVEL_MS.minute;
/** Events are committed a moment after they happened: younger seconds are read again. */
const SETTLES_AFTER_MS = 3 * SECOND_MS;
const KEPT_MS = 3 * LEVEL_MS.minute;
const MAX_BYTES = 16 * 1_048_576;

/**
 * Raw events at any rate: reads the seconds of pending minutes in small statements, newest first, until the time is up,
 * and remembers them, so that the next read, or the next tick, continues where this one had to stop. Events are only
 * ever added: what is remembered of a second is part of the truth, and it is all of it when the seconds of a minute hold
 * as many events as its rollup and its marks announce.
 */
@Injectable()
export class SlicedRawReads {
  private readonly tracks = new Map<string, Track>();
  private readonly busyUntil = new Map<string, number>();

  /** The events of each minute of the spans; undefined when they are few enough for one statement. */
  async countIfMany(
    tx: EntityManager,
    { family }: StateRead,
    spans: readonly Span[],
    marks: readonly PendingMark[],
  ): Promise<MinuteCounts | undefined> {
    const minutes = new Set(spans.flatMap(minutesOf).map(({ minute }) => minute));
    const pending = marks.filter(({ level, start }) => level === 'minute' && minutes.has(start));
    const announced = pending.reduce((total, { events }) => total + events, 0);
    const now = performance.now();
    if (announced >= COUNTED_FROM_EVENTS) this.busyUntil.set(family.name, now + BUSY_MS);
    const isBusy = (this.busyUntil.get(family.name) ?? 0) > now;
    if (!isBusy && minutes.size <= UNCOUNTED_MINUTES) return undefined;
    const counts = await countRolledUp(tx, family, [...minutes]);
    for (const { start, events } of pending) counts.set(start, (counts.get(start) ?? 0) + events);
    const total = [...counts.values()].reduce((sum, events) => sum + events, 0);
    return total > MAX_EVENTS_AT_ONCE ? counts : undefined;
  }

  /** The states of all events of the spans, or of as many as can be read in time; in one bucket. */
  async read(
    tx: EntityManager,
    read: StateRead & { readonly live: LiveRead },
    spans: readonly Span[],
    counts: MinuteCounts,
  ): Promise<SlicedAnswer> {
    const key = keyOf(read);
    const track = this.tracks.get(key) ?? { minutes: new Map<number, MinuteSlices>(), bytes: 0, queue: NOTHING };
    this.tracks.delete(key);
    this.tracks.set(key, track);
    const work = { tx, read, budget: new TimeBudget(read.live.until) };
    const reading = track.queue.then(() => readSpans(work, track, spans, counts));
    track.queue = reading.catch(() => undefined);
    try {
      return await reading;
    } finally {
      this.forget(track, performance.now());
    }
  }

  private forget(track: Track, now: number): void {
    for (const [minute, { usedAt }] of track.minutes) if (usedAt < now - KEPT_MS) track.minutes.delete(minute);
    track.bytes = [...track.minutes.values()].reduce((total, minute) => total + bytesOf(minute), 0);
    let bytes = [...this.tracks.values()].reduce((total, one) => total + one.bytes, 0);
    // Least recently used first.
    for (const [key, oldest] of this.tracks) {
      if (bytes <= MAX_BYTES) break;
      bytes -= oldest.bytes;
      this.tracks.delete(key);
    }
  }
}

const NOTHING = Promise.resolve();

async function readSpans(
  work: Work,
  track: Track,
  spans: readonly Span[],
  counts: MinuteCounts,
): Promise<SlicedAnswer> {
  const pieces = spans.flatMap(minutesOf).sort((left, right) => right.from - left.from);
  const readings = pieces.map((piece) => new MinuteReading(work, piece, track, counts.get(piece.minute) ?? 0));
  let complete = true;
  // What was never read comes before what may have changed since: else little time would be spent on the same seconds.
  for (const reading of readings) complete &&= await reading.readUnread();
  for (const reading of readings) complete &&= await reading.readChanged();
  const rows: StateRow[] = [];
  for (const reading of readings) for (const row of reading.rows()) rows.push(row);
  return { rows, complete };
}

interface MinutePiece extends Span {
  readonly minute: number;
}

/** What one read wants of a minute. */
class MinuteReading {
  private readonly slices: Map<number, ReadSlice>;
  private readonly wanted: readonly Slice[];
  /** Seconds that an earlier read has read once and for all, unless something came late. */
  private readonly remembered: readonly Slice[];
  /** Seconds that an earlier read has read when events of them may still have been on their way. */
  private readonly young: readonly Slice[];
  private readonly cut: StateRow[] = [];

  constructor(
    private readonly work: Work,
    private readonly piece: MinutePiece,
    track: Track,
    private readonly expected: number,
  ) {
    const known = track.minutes.get(piece.minute) ?? { slices: new Map<number, ReadSlice>(), usedAt: 0 };
    known.usedAt = performance.now();
    track.minutes.set(piece.minute, known);
    this.slices = known.slices;
    this.wanted = slicesOf(piece);
    const seen = this.wanted.filter(({ second, isWhole }) => isWhole && this.slices.has(second));
    this.remembered = seen.filter(({ second }) => this.slices.get(second)?.settled);
    this.young = seen.filter((slice) => !this.remembered.includes(slice));
  }

  /** @returns whether there is time left */
  readUnread(): Promise<boolean> {
    return this.readSlices(
      this.wanted.filter((slice) => !this.remembered.includes(slice) && !this.young.includes(slice)),
    );
  }

  /** @returns whether every event is there */
  async readChanged(): Promise<boolean> {
    if (!(await this.readSlices(this.young))) return false;
    if (this.remembered.length === 0 || (await this.isAll())) return true;
    return this.readSlices(this.remembered);
  }

  rows(): StateRow[] {
    const whole = this.wanted.filter(({ isWhole }) => isWhole);
    return [...whole.flatMap(({ second }) => this.slices.get(second)?.rows ?? []), ...this.cut];
  }

  /** Newest first, in statements of a bounded number of events. @returns whether all of them were read */
  private async readSlices(slices: readonly Slice[]): Promise<boolean> {
    const { read, budget } = this.work;
    const waiting = [...slices];
    const seconds = Math.max(1, Math.min(SECONDS, (read.range.to - this.piece.minute) / SECOND_MS));
    const atOnce = Math.max(1, Math.floor((SLICED_EVENTS_AT_ONCE * seconds) / Math.max(1, this.expected)));
    while (waiting.length > 0) {
      if (budget.isUp) return false;
      const chunk = lastNeighbours(waiting, atOnce);
      const found = await budget.spend(() => readChunk(this.work, chunk));
      chunk.forEach((slice, index) => this.keep(slice, found[index] ?? NO_EVENTS));
    }
    return true;
  }

  private keep({ second, isWhole, to }: Slice, found: Omit<ReadSlice, 'settled'>): void {
    const settled = to <= this.work.read.range.to - SETTLES_AFTER_MS;
    if (isWhole) this.slices.set(second, { ...found, settled });
    else for (const row of found.rows) this.cut.push(row);
  }

  /** Whether the seconds that are known, and those of the minute that nobody asks for, hold all of its events. */
  private async isAll(): Promise<boolean> {
    const { tx, read, budget } = this.work;
    const { family } = read;
    // Their facts are not their events.
    if (family.joins !== undefined || family.where !== undefined) return false;
    const known = [...this.slices.values()].reduce((total, { facts }) => total + facts, 0);
    const missing = this.expected - known;
    if (missing <= 0) return true;
    const { minute } = this.piece;
    const all = slicesOf({ minute, from: minute, to: minute + LEVEL_MS.minute });
    const others = joined(all.filter(({ second }) => !this.slices.has(second)));
    if (others.length === 0) return false;
    const counted = await budget.spend(() => run<{ count: number }>(tx, rawCountStatement(family, others, missing)));
    return (counted[0]?.count ?? 0) >= missing;
  }
}

const NO_EVENTS = { rows: [], facts: 0 };

/** @returns what there is of each slice */
async function readChunk({ tx, read }: Work, chunk: readonly Slice[]): Promise<Omit<ReadSlice, 'settled'>[]> {
  const starts = chunk.map(({ from }) => new Date(from));
  const spans = [{ from: chunk[0]?.from ?? 0, to: chunk.at(-1)?.to ?? 0 }];
  const rows = await statesOf(tx, read, rawStateStatement({ ...read, spans, bucketing: { starts } }));
  const counted = { ...read, dimensions: [], filters: {}, needs: COUNT_ONLY };
  const isFiltered = Object.keys(read.filters).length > 0;
  const all = isFiltered
    ? await statesOf(tx, counted, rawStateStatement({ ...counted, spans, bucketing: { starts } }))
    : rows;
  return chunk.map((_, index) => ({
    rows: rows.filter(({ bucket }) => bucket === index).map((row) => ({ ...row, bucket: 0 })),
    facts: all.reduce((total, { bucket, state }) => total + (bucket === index ? state.count : 0), 0),
  }));
}

const COUNT_ONLY = { sums: [], value: false, sketch: false, distinct: false, last: false };

/** Takes up to `count` slices without a gap off the end. */
function lastNeighbours(waiting: Slice[], count: number): Slice[] {
  let from = waiting.length - 1;
  while (from > 0 && waiting.length - from < count && waiting[from - 1]?.to === waiting[from]?.from) from--;
  return waiting.splice(from);
}

function joined(spans: readonly Span[]): Span[] {
  const result: { from: number; to: number }[] = [];
  for (const span of spans) {
    const before = result.at(-1);
    if (before?.to === span.from) before.to = span.to;
    else result.push({ ...span });
  }
  return result;
}

/** Of minutes without totals (none rolled up yet) there is no row. */
async function countRolledUp(
  tx: EntityManager,
  family: Family,
  minutes: readonly number[],
): Promise<Map<number, number>> {
  const rows: { start: string; events: string }[] = await tx.query(
    `SELECT extract(epoch FROM bucket_start) * 1000 AS start, sum(count) AS events FROM analytics_rollups
      WHERE family = $1 AND granularity = 'minute' AND dimensions = '{}' AND bucket_start = ANY($2::timestamptz[])
      GROUP BY bucket_start`,
    [family.name, minutes.map((minute) => new Date(minute))],
  );
  return new Map(rows.map(({ start, events }) => [Number(start), Number(events)]));
}

/** The parts of the span by minute. */
function minutesOf({ from, to }: Span): MinutePiece[] {
  const pieces: MinutePiece[] = [];
  for (let start = from; start < to; start = floorTo('minute', start) + LEVEL_MS.minute) {
    const minute = floorTo('minute', start);
    pieces.push({ minute, from: start, to: Math.min(to, minute + LEVEL_MS.minute) });
  }
  return pieces;
}

function slicesOf({ minute, from, to }: MinutePiece): Slice[] {
  const slices: Slice[] = [];
  for (let start = from; start < to;) {
    const second = Math.floor((start - minute) / SECOND_MS);
    const end = Math.min(to, minute + (second + 1) * SECOND_MS);
    slices.push({ second, from: start, to: end, isWhole: end - start === SECOND_MS });
    start = end;
  }
  return slices;
}

function keyOf({ family, dimensions, filters, needs }: StateRead): string {
  const values = Object.entries(filters).map(([name, some]) => [name, [...some].sort()]);
  return JSON.stringify([family.name, dimensions, values, needs]);
}

function bytesOf({ slices }: MinuteSlices): number {
  let bytes = 0;
  for (const { rows } of slices.values()) for (const row of rows) bytes += sizeOfRow(row);
  return bytes;
}
