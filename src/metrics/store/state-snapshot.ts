import type { EntityManager } from 'typeorm';
import type { Family } from '../catalogue/family.js';
import { ceilTo, floorTo } from '../planner/level.js';
import { sealedSegments, segmentsOf, spansWithout, type Mark, type Segment, type Span } from '../planner/segments.js';
import type { LateEventReads } from './late-event-reads.js';
import { MAX_MARKS, PendingMarkReads, type PendingMark } from './pending-mark-reads.js';
import { countFirstSeen, type FirstSeenCount, type FirstSeenRead } from './first-seen.repository.js';
import { readProductLabels, type ProductLabel } from './product-label.repository.js';
import { rollupParts, type PlannedRead, type RollupReads } from './rollup-reads.js';
import { rawCountStatement, rawStateStatement } from './state-query.js';
import { readParts, type StatePart } from './state-parts.js';
import { bucketingOf, run, type StateRead } from './state-read.js';
import type { MinuteCounts, SlicedRawReads } from './sliced-raw-reads.js';
import type { StateRow } from './state-row.js';

export interface StateAnswer {
  readonly rows: readonly StateRow[];
  readonly usedRaw: boolean;
  readonly usedRollups: boolean;
  /** True when pending events were left out because reading them from raw would take too long; of a live read, too. */
  readonly stale: boolean;
}

interface Plan extends PlannedRead {
  readonly stale: boolean;
  /** Set when the raw events are too many for one statement, and are read second by second. */
  readonly sliced?: MinuteCounts | undefined;
  /** Marks whose events are added to what the rollups say. */
  readonly late: readonly PendingMark[];
}

interface OpenParts {
  readonly live: readonly StatePart[];
  readonly sealed: readonly StatePart[];
}

const NOTHING_OPEN: OpenParts = { live: [], sealed: [] };

/** Above this many raw events an answer comes from rollups alone, and says that it is stale. */
const MAX_RAW_EVENTS = 100_000;
/** So it does above this many events that have to be looked up one by one. */
const MAX_LATE_EVENTS = 20_000;
/** Up to here the raw part is the tail of the last minutes, and counting it first would cost as much as reading it. */
const UNCOUNTED_RAW_MS = 150_000;
const UNCOUNTED_PENDING_EVENTS = 20_000;

/** Rollups, marks and raw events as they stand in one transaction, so that nothing is seen twice or not at all. */
export class StateSnapshot {
  private readonly marks: PendingMarkReads;

  constructor(
    private readonly tx: EntityManager,
    private readonly rollups: RollupReads,
    private readonly slices: SlicedRawReads,
    private readonly late: LateEventReads,
  ) {
    this.marks = new PendingMarkReads(tx);
  }

  productLabels(products: readonly string[]): Promise<ReadonlyMap<string, ProductLabel>> {
    return readProductLabels(this.tx, products);
  }

  countFirstSeen(read: FirstSeenRead): Promise<FirstSeenCount> {
    return countFirstSeen(this.tx, read);
  }

  /** What has to be known of all of them is asked of the database at once. */
  async readAll(reads: readonly StateRead[]): Promise<StateAnswer[]> {
    const asked = reads.map((read) => (read.family.eventType === null ? byMinutes(read) : read));
    const marks = await this.marks.of(asked);
    const plans: Plan[] = [];
    for (const [place, read] of asked.entries()) plans.push(await this.plan(read, marks[place] ?? []));
    const settled = await this.rollups.readSettled(this.tx, plans);
    const open = plans.map((plan, place) => openPartsOf(plan, settled[place]?.rest ?? []));
    const rows = await readParts(
      this.tx,
      open.flatMap(({ live, sealed }) => [...live, ...sealed]),
    );
    const answers = plans.map((plan, place) => {
      const { live, sealed } = open[place] ?? NOTHING_OPEN;
      const found = { live: rows.splice(0, live.length).flat(), sealed: rows.splice(0, sealed.length).flat() };
      return answerOf(plan, settled[place]?.known ?? [], found);
    });
    for (const [place, plan] of plans.entries()) {
      const answer = answers[place];
      if (answer) answers[place] = await this.withRest(plan, answer);
    }
    return answers;
  }

  private async withRest(plan: Plan, answer: StateAnswer): Promise<StateAnswer> {
    const { read, segments, late, sliced } = plan;
    const rows = await this.late.read(this.tx, { read, segments, marks: late });
    const all = rows.length > 0 ? { ...answer, rows: [...answer.rows, ...rows], usedRaw: true } : answer;
    return sliced ? this.withSlices(plan, sliced, all) : all;
  }

  private async plan(read: StateRead, marks: readonly PendingMark[]): Promise<Plan> {
    // Only what is answered as a whole can be put together from seconds.
    if (!read.live || read.bucketStarts || read.family.eventType === null || marks.length > MAX_MARKS) {
      return planOf(this.tx, read, marks);
    }
    const { late, others } = lateOf(marks);
    const segments = segmentsFor(read, others);
    const spans = rawOf(segments);
    const sliced = spans.length > 0 ? await this.slices.countIfMany(this.tx, read, spans, marks) : undefined;
    const stale = isTooMuchLate(late);
    return { read, segments, marks: stale ? undefined : marks, stale, sliced, late: stale ? [] : late };
  }

  private async withSlices({ read, segments }: Plan, counts: MinuteCounts, answer: StateAnswer): Promise<StateAnswer> {
    const live = read.live ?? { until: 0 };
    const { rows, complete } = await this.slices.read(this.tx, { ...read, live }, rawOf(segments), counts);
    return { ...answer, rows: [...answer.rows, ...rows], stale: answer.stale || !complete };
  }
}

/** Samples stand in minutes, written the moment they are taken: a range is read by whole minutes. */
function byMinutes(read: StateRead): StateRead {
  const { range, bucketStarts } = read;
  return {
    ...read,
    range: { from: floorTo('minute', range.from), to: ceilTo('minute', range.to) },
    bucketStarts: bucketStarts?.map((start) => new Date(floorTo('minute', start.getTime()))),
  };
}

async function planOf(tx: EntityManager, read: StateRead, marks: readonly PendingMark[]): Promise<Plan> {
  const { late: named, others } = lateOf(marks);
  const exact = segmentsFor(read, others);
  if (read.family.eventType === null) {
    // What a coarser level does not hold yet is in the minutes as well.
    const segments = exact.map(({ source, ...span }) => ({ ...span, source: source === 'raw' ? 'minute' : source }));
    return { read, segments, marks: undefined, stale: false, late: [] };
  }
  const settled = segmentsFor(
    read,
    marks.filter(({ level }) => level !== 'minute'),
  );
  const late = spansWithout(rawOf(exact), rawOf(settled));
  const stale = isTooMuchLate(named) || (await isTooMuchRaw(tx, read.family, late, others));
  return stale
    ? { read, segments: settled, marks: undefined, stale, late: [] }
    : { read, segments: exact, marks, stale, late: named };
}

/** Marks that name all of their events leave the rollups of their buckets readable; the others do not. */
function lateOf(marks: readonly PendingMark[]): { late: PendingMark[]; others: PendingMark[] } {
  const isLate = ({ level, named }: PendingMark): boolean => level === 'minute' && named;
  return { late: marks.filter(isLate), others: marks.filter((mark) => !isLate(mark)) };
}

/** Each of them is a look-up by key. */
function isTooMuchLate(late: readonly PendingMark[]): boolean {
  return late.reduce((total, { events }) => total + events, 0) > MAX_LATE_EVENTS;
}

/** What reads the rest of a plan each time; of days that were sealed, raw events hold only what came afterwards. */
function openPartsOf({ read, segments, sliced }: Plan, rest: readonly Segment[]): OpenParts {
  const spans = rawOf(segments);
  const sealedParts = sealedSegments(spans, { ...read, cuts: cutsOf(read) });
  return {
    live: [...(sliced ? [] : rawParts(read, spans)), ...rollupParts(read, rest)],
    sealed: rollupParts(read, sealedParts, 'sealed'),
  };
}

function rawParts(read: StateRead, spans: readonly Span[]): StatePart[] {
  if (spans.length === 0) return [];
  return [{ read, statement: rawStateStatement({ ...read, bucketing: bucketingOf(read), spans }) }];
}

function answerOf(
  { segments, stale }: Plan,
  known: readonly StateRow[],
  { live, sealed }: Record<keyof OpenParts, readonly StateRow[]>,
): StateAnswer {
  return {
    rows: [...live, ...known, ...sealed],
    usedRaw: segments.some(({ source }) => source === 'raw'),
    usedRollups: segments.some(({ source }) => source !== 'raw') || sealed.length > 0,
    stale,
  };
}

function segmentsFor(read: StateRead, marks: readonly Mark[]): Segment[] {
  return segmentsOf({ cuts: cutsOf(read), keptFrom: read.keptFrom, marks });
}

function cutsOf({ range, bucketStarts = [] }: StateRead): number[] {
  const borders = bucketStarts.map((start) => start.getTime());
  return [range.from, ...borders.filter((border) => border > range.from && border < range.to), range.to];
}

function rawOf(segments: readonly Segment[]): Segment[] {
  return segments.filter(({ source }) => source === 'raw');
}

/** Whether the spans that are read from raw only because something is pending hold too many events for that. */
async function isTooMuchRaw(
  tx: EntityManager,
  family: Family,
  late: readonly Span[],
  marks: readonly PendingMark[],
): Promise<boolean> {
  if (marks.length > MAX_MARKS) return true;
  if (late.length === 0) return false;
  const lateMs = late.reduce((total, span) => total + span.to - span.from, 0);
  const pendingEvents = marks.reduce((total, mark) => total + mark.events, 0);
  if (lateMs <= UNCOUNTED_RAW_MS && pendingEvents <= UNCOUNTED_PENDING_EVENTS) return false;
  const [counted] = await run<{ count: number }>(tx, rawCountStatement(family, late, MAX_RAW_EVENTS + 1));
  return (counted?.count ?? 0) > MAX_RAW_EVENTS;
}
