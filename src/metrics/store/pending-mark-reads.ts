import type { EntityManager } from 'typeorm';
import { LEVEL_MS, type Level } from '../planner/level.js';
import type { KeptFrom } from '../planner/retention-policy.js';
import type { Mark } from '../planner/segments.js';
import { bucketSql } from './state-query.js';
import type { StateRead } from './state-read.js';

export interface PendingMark extends Mark {
  readonly events: number;
  /** Of what it stands for: a minute, or the hour or day of minutes that are not kept any more. */
  readonly widthMs: number;
  /** Whether the marks of the bucket name every event that they announce. */
  readonly named: boolean;
  /** Tells the marks of the bucket from those at another time. */
  readonly fingerprint: string;
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
  const rows: MarkRow[] = await tx.query(MARKS_SQL, [
    asked.map(({ family }) => family.name),
    ...[
      asked.map(({ range }) => range.from),
      asked.map(({ range }) => range.to),
      asked.map(({ keptFrom }) => keptFrom.minute),
      asked.map(({ keptFrom }) => keptFrom.hourly),
    ].map((times) => times.map((ms) => new Date(ms))),
  ]);
  for (const { place, level, start, events, named, fingerprint } of rows) {
    const index = Number(place) - 1;
    const width = level === 'minute' ? widthOf(Number(start), asked[index]?.keptFrom) : level;
    const counted = { start: Number(start), events: Number(events), widthMs: LEVEL_MS[width] };
    marks[index]?.push({ level, ...counted, named, fingerprint });
  }
  return marks;
}

interface MarkRow {
  readonly place: string;
  readonly level: Level;
  readonly start: string;
  readonly events: string;
  readonly named: boolean;
  readonly fingerprint: string;
}

function widthOf(start: number, keptFrom: KeptFrom | undefined): Level {
  if (!keptFrom || start >= keptFrom.minute) return 'minute';
  return start >= keptFrom.hourly ? 'hourly' : 'daily';
}

const MARKS_SQL = `SELECT asked.place, pending.*
  FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    WITH ORDINALITY AS asked(family, starts, ends, minutes_from, hours_from, place)
  CROSS JOIN LATERAL (
    SELECT level, extract(epoch FROM CASE
        WHEN level <> 'minute' OR bucket_start >= asked.minutes_from THEN bucket_start
        WHEN bucket_start >= asked.hours_from THEN ${bucketSql({ level: 'hourly' }, 'bucket_start')}
        ELSE ${bucketSql({ level: 'daily' }, 'bucket_start')} END) * 1000 AS start,
      sum(events) AS events, bool_and(late_ids IS NOT NULL) AS named,
      count(*) || ':' || sum(id) || ':' || sum(id::numeric * id) AS fingerprint
      FROM rollup_invalidations
     WHERE family = asked.family AND bucket_start >= asked.starts - interval '7 days' AND bucket_start < asked.ends
     GROUP BY 1, 2 LIMIT ${MAX_MARKS + 1}) pending`;
