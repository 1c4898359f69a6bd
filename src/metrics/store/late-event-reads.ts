import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { LEVEL_MS } from '../planner/level.js';
import type { Segment } from '../planner/segments.js';
import type { PendingMark } from './pending-mark-reads.js';
import { sizeOfRow } from './settled-states.js';
import { rawStateStatement, type EventKeys } from './state-query.js';
import { run, type StateRead } from './state-read.js';
import { toStateRow, type DriverRow, type StateRow } from './state-row.js';

/** Late events of one minute, as states. */
interface LateRow {
  readonly minute: number;
  readonly row: StateRow;
}

interface LateBucket {
  readonly fingerprint: string;
  readonly rows: LateRow[];
}

/** Late events of one kind of read, by the start of the marked bucket; whatever its range and buckets. */
interface Track {
  readonly buckets: Map<number, LateBucket>;
  readonly keyBytes: number;
  bytes: number;
  /** One looks events up at a time: those who wait find what it found. */
  queue: Promise<unknown>;
}

export interface LateRead {
  readonly read: StateRead;
  /** Where the read comes from: what is read from raw has its late events. */
  readonly segments: readonly Segment[];
  /** Marks that name all of their events. */
  readonly marks: readonly PendingMark[];
}

const MAX_BYTES = 16 * 1_048_576;
/** A bucket takes memory also where the read has no late event in it. */
const BYTES_A_BUCKET = 200;

/** Late rows by the start of the bucket, as the marks of one snapshot name them. */
type Known = Map<number, readonly LateRow[]>;

/**
 * A mark that names its events says that the rollups hold everything but these. They are looked up by their keys, added
 * to what the rollups say, and remembered for as long as the marks of the bucket stay the same. So a late event costs a
 * read neither the minute that it belongs to nor the coarse rollups above.
 */
@Injectable()
export class LateEventReads {
  /** Least recently used first. */
  private readonly tracks = new Map<string, Track>();
  private bytes = 0;

  /** The states of the late events of the read's rollup segments. */
  async read(tx: EntityManager, { read, segments, marks }: LateRead): Promise<StateRow[]> {
    if (marks.length === 0) return [];
    const track = this.track(read);
    const pending = new Set(marks.map(({ start }) => start));
    for (const start of track.buckets.keys()) {
      if (start >= read.range.from && start < read.range.to && !pending.has(start)) track.buckets.delete(start);
    }
    const known: Known = new Map();
    const unknown = takeKnown(track, marks, known);
    if (unknown.length > 0) await learnInTurn(tx, read, track, { marks: unknown, known });
    this.forget(track);
    const covered = coveredBy(segments.filter(({ source }) => source !== 'raw'));
    const late = marks.flatMap(({ start }) => known.get(start) ?? []);
    return late
      .filter(({ minute }) => covered(minute))
      .map(({ minute, row }) => ({ ...row, bucket: bucketOf(read, minute) }));
  }

  private track(read: StateRead): Track {
    const key = keyOf(read);
    const track = this.tracks.get(key) ?? {
      buckets: new Map<number, LateBucket>(),
      keyBytes: 2 * key.length,
      bytes: 0,
      queue: NOTHING,
    };
    this.tracks.delete(key);
    this.tracks.set(key, track);
    return track;
  }

  private forget(track: Track): void {
    this.bytes -= track.bytes;
    track.bytes = track.keyBytes;
    for (const { rows } of track.buckets.values()) {
      track.bytes += BYTES_A_BUCKET;
      for (const { row } of rows) track.bytes += sizeOfRow(row);
    }
    this.bytes += track.bytes;
    for (const [key, oldest] of this.tracks) {
      if (this.bytes <= MAX_BYTES) break;
      this.bytes -= oldest.bytes;
      oldest.bytes = 0;
      this.tracks.delete(key);
    }
  }
}

const NOTHING = Promise.resolve();

/**
 * Takes what is remembered of the marks into `known`: other readers, of other snapshots, may change the track while this
 * one waits. @returns the marks of which nothing is remembered
 */
function takeKnown({ buckets }: Track, marks: readonly PendingMark[], known: Known): PendingMark[] {
  return marks.filter(({ start, fingerprint }) => {
    const bucket = buckets.get(start);
    if (bucket?.fingerprint !== fingerprint) return true;
    known.set(start, bucket.rows);
    return false;
  });
}

/** Many readers come at once after late events: without turns each of them would look up all of the events. */
async function learnInTurn(
  tx: EntityManager,
  read: StateRead,
  track: Track,
  { marks, known }: { readonly marks: readonly PendingMark[]; readonly known: Known },
): Promise<void> {
  const learning = track.queue.then(async () => {
    const unknown = takeKnown(track, marks, known);
    if (unknown.length === 0) return;
    for (const [start, bucket] of await learn(tx, read, unknown)) {
      track.buckets.set(start, bucket);
      known.set(start, bucket.rows);
    }
  });
  track.queue = learning.catch(() => undefined);
  await learning;
}

async function learn(
  tx: EntityManager,
  read: StateRead,
  marks: readonly PendingMark[],
): Promise<Map<number, LateBucket>> {
  const buckets = new Map<number, LateBucket>();
  const ascending = [...marks].sort((left, right) => left.start - right.start);
  for (const { start, fingerprint } of marks) buckets.set(start, { fingerprint, rows: [] });
  const keys = await readEventKeys(tx, read.family, marks);
  if (keys.ids.length > 0) {
    const statement = rawStateStatement({ ...read, spans: keys, bucketing: { level: 'minute' } });
    for (const row of await run<DriverRow>(tx, statement)) {
      const minute = new Date(row.bucket).getTime();
      const mark = ascending[lastAtOrBefore(ascending.length, (index) => ascending[index]?.start ?? 0, minute)];
      if (mark && minute < mark.start + mark.widthMs)
        buckets.get(mark.start)?.rows.push({ minute, row: toStateRow(row, read) });
    }
  }
  return buckets;
}

/** The keys of the events that the marks of minutes in these buckets name. */
export async function readEventKeys(
  tx: EntityManager,
  family: Family,
  marks: readonly Pick<PendingMark, 'start' | 'widthMs'>[],
): Promise<EventKeys> {
  const [row]: { ids: string[] | null; instants: string[] | null }[] = await tx.query(
    `SELECT array_agg(late.id::text) AS ids,
        array_agg((m.bucket_start + late.micros * interval '1 microsecond')::text) AS instants
       FROM unnest($2::timestamptz[], $3::timestamptz[]) AS bucket(starts, ends)
       JOIN rollup_invalidations m ON m.family = $1 AND m.level = 'minute'
        AND m.bucket_start >= bucket.starts AND m.bucket_start < bucket.ends
      CROSS JOIN LATERAL unnest(m.late_ids, m.late_offsets) AS late(id, micros)`,
    [
      family.name,
      marks.map(({ start }) => new Date(start)),
      marks.map(({ start, widthMs }) => new Date(start + widthMs)),
    ],
  );
  const within = {
    from: Math.min(...marks.map(({ start }) => start)),
    to: Math.max(...marks.map(({ start, widthMs }) => start + widthMs)),
  };
  return { ids: row?.ids ?? [], instants: row?.instants ?? [], within };
}

/** Tells whether a minute lies in one of the segments, which are disjoint and ascending. */
function coveredBy(segments: readonly Segment[]): (minute: number) => boolean {
  return (minute) => {
    const segment = segments[lastAtOrBefore(segments.length, (index) => segments[index]?.from ?? 0, minute)];
    return segment !== undefined && minute + LEVEL_MS.minute <= segment.to;
  };
}

function bucketOf({ bucketStarts = [] }: StateRead, minute: number): number {
  return Math.max(
    0,
    lastAtOrBefore(bucketStarts.length, (index) => bucketStarts[index]?.getTime() ?? 0, minute),
  );
}

/** The last index whose value is at or before `limit`; −1 when there is none. */
function lastAtOrBefore(length: number, valueAt: (index: number) => number, limit: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function keyOf({ family, dimensions, filters, needs }: StateRead): string {
  const values = Object.entries(filters).map(([name, some]) => [name, [...some].sort()]);
  return JSON.stringify([family.name, dimensions, values, needs]);
}
