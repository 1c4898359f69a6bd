import type { EntityManager } from 'typeorm';
import type { Level } from '../planner/level.js';
import type { Mark } from '../planner/segments.js';
import { bucketSql } from './state-query.js';
import type { StateRead } from './state-read.js';

export interface PendingMark extends Mark {
  readonly events: number;
}

/** Pending buckets above this number are not planned around one by one; one more than that is read. */
export const MAX_MARKS = 20_000;

type Asked = Pick<StateRead, 'family' | 'range' | 'keptFrom'>;

/** The marks that one snapshot sees, each asked of the database once. */
export class PendingMarkReads {
  private readonly known = new Map<string, readonly PendingMark[]>();

  constructor(private readonly tx: EntityManager) {}

  /** The marks of each read's range. */
  async of(reads: readonly Asked[]): Promise<(readonly PendingMark[])[]> {
    const unknown = new Map(reads.map((read) => [keyOf(read), read] as const).filter(([key]) => !this.known.has(key)));
    const found = await readMarks(this.tx, [...unknown.values()]);
    [...unknown.keys()].forEach((key, place) => this.known.set(key, found[place] ?? []));
    return reads.map((read) => this.known.get(keyOf(read)) ?? []);
  }
}

function keyOf({ family, range }: Asked): string {
  return JSON.stringify([family.name, range.from, range.to]);
}

/**
 * Where minutes (hours) are not kept any more, a marked minute makes the whole hour (day) be read from raw, so one mark
 * stands for all of them: a backfill of a month is some hundred marks, not forty thousand. A mark of a week that began
 * before the range still makes that week's row unreadable.
 */
async function readMarks(tx: EntityManager, asked: readonly Asked[]): Promise<PendingMark[][]> {
  const marks: PendingMark[][] = asked.map(() => []);
  if (asked.length === 0) return marks;
  const rows: { place: string; level: Level; start: string; events: string }[] = await tx.query(MARKS_SQL, [
    asked.map(({ family }) => family.name),
    ...[
      asked.map(({ range }) => range.from),
      asked.map(({ range }) => range.to),
      asked.map(({ keptFrom }) => keptFrom.minute),
      asked.map(({ keptFrom }) => keptFrom.hourly),
    ].map((times) => times.map((ms) => new Date(ms))),
  ]);
  for (const { place, level, start, events } of rows) {
    marks[Number(place) - 1]?.push({ level, start: Number(start), events: Number(events) });
  }
  return marks;
}

const MARKS_SQL = `SELECT asked.place, pending.*
  FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    WITH ORDINALITY AS asked(family, starts, ends, minutes_from, hours_from, place)
  CROSS JOIN LATERAL (
    SELECT level, extract(epoch FROM CASE
        WHEN level <> 'minute' OR bucket_start >= asked.minutes_from THEN bucket_start
        WHEN bucket_start >= asked.hours_from THEN ${bucketSql({ level: 'hourly' }, 'bucket_start')}
        ELSE ${bucketSql({ level: 'daily' }, 'bucket_start')} END) * 1000 AS start,
      sum(events) AS events
      FROM rollup_invalidations
     WHERE family = asked.family AND bucket_start >= asked.starts - interval '7 days' AND bucket_start < asked.ends
     GROUP BY 1, 2 LIMIT ${MAX_MARKS + 1}) pending`;
