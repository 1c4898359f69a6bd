import type { Catalogue } from './catalogue/catalogue.js';
import type { Expression } from './catalogue/expression.js';
import { CellTable, type MetricRow } from './cell-table.js';
import { EstimatedRead, type Estimates, type EstimateTable } from './estimates.js';
import { MetricSeries, type SeriesPart } from './metric-series.js';
import type { RetentionPolicy } from './planner/retention-policy.js';
import { planRead, type FamilyRead, type Filters } from './read-plan.js';
import { SharedReads } from './shared-reads.js';
import type { FirstSeenCount } from './store/first-seen.repository.js';
import type { ProductLabel } from './store/product-label.repository.js';
import type { StateNeeds } from './store/state-query.js';
import type { LiveRead, StateRead } from './store/state-read.js';
import type { StateAnswer, StateSnapshot } from './store/state-snapshot.js';
import type { Bucket } from './time/step.js';
import type { TimeRange } from './time/time-range.js';

const DAY_MS = 86_400_000;
const NOTHING_BUT_COUNTS: StateNeeds = { sums: [], value: false, sketch: false, distinct: false, last: false };

/** What is asked: which metrics, over which time, cut how. */
export interface MetricRead {
  readonly metrics: readonly string[];
  readonly range: Pick<TimeRange, 'from' | 'to'>;
  /** Absent: one answer for the whole range. */
  readonly buckets?: readonly Bucket[];
  /** Dimension → values that count; '' stands for none. */
  readonly filters?: Filters;
  readonly groupBy?: readonly string[];
  /** Also says how many facts stand behind each value. Not of lazy rows. */
  readonly withFacts?: boolean;
  /** The values of a row are worked out when they are looked at: for long lists of which a page is shown. */
  readonly lazily?: boolean;
  /** Answers in time at any rate of events: what could not be read until then is left out, and `stale` says so. */
  readonly live?: LiveRead | undefined;
}

/** Where the numbers of an answer come from. */
export interface Provenance {
  readonly source: 'raw' | 'rollup' | 'hybrid';
  /** True while something that belongs to the answer is not in it yet. */
  readonly stale: boolean;
  /** False when some distinct number in the answer is an estimate. */
  readonly distinctExact: boolean;
}

export interface MetricAnswer extends Provenance {
  /**
   * Without `groupBy` a row for every bucket, oldest first, whether it has data or not; with it a row for every bucket
   * and group that has any.
   */
  readonly rows: readonly MetricRow[];
}

/** What is asked of a series: buckets of one width that windows will be put together from. */
export interface SeriesRead {
  readonly metric: string;
  /** Of the first bucket. */
  readonly from: Date;
  readonly buckets: number;
  readonly bucketMs: number;
  readonly filters: Filters;
  readonly groupBy: string | null;
}

export interface SeriesAnswer {
  readonly series: MetricSeries;
  readonly stale: boolean;
}

/** What is asked of groups: which of them there are, whatever their value is. */
export interface SeenRead {
  readonly metric: string;
  readonly range: Pick<TimeRange, 'from' | 'to'>;
  /** Starts of the parts that are told apart, oldest first; absent: one. */
  readonly starts?: readonly Date[];
  readonly filters: Filters;
  readonly groupBy: readonly string[];
}

/** A group that has facts in a part of the range. */
export interface SeenGroup {
  /** Index into the starts. */
  readonly bucket: number;
  /** '' is none. */
  readonly group: Readonly<Record<string, string>>;
}

/** An answer for each read, in their order. */
export type MetricAnswers<Reads extends readonly MetricRead[]> = { [Place in keyof Reads]: MetricAnswer };

export type TotalsRead = Omit<MetricRead, 'buckets' | 'groupBy'>;
export type MetricTotals = MetricAnswer & { readonly totals: MetricRow['values'] };

/**
 * Metrics as they stood at one instant: figures that make one answer agree with each other, and share one connection.
 * One read at a time; it ends with the work that it was made for.
 */
export class MetricSnapshot {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly states: StateSnapshot,
    private readonly retention: RetentionPolicy,
    private readonly estimates: Estimates,
    /** Read before the snapshot began. */
    private readonly tables: ReadonlyMap<string, EstimateTable> = new Map(),
  ) {}

  /** @throws InvalidInputError when a metric cannot be cut by the dimensions asked for */
  async read(read: MetricRead): Promise<MetricAnswer> {
    const [answer] = await this.readAll([read]);
    return answer;
  }

  /**
   * Several reads for little more than one: what they have in common, such as a family's rows of a range that they cut
   * differently, is read once.
   * @throws InvalidInputError like `read`
   */
  async readAll<const Reads extends readonly MetricRead[]>(reads: Reads): Promise<MetricAnswers<Reads>> {
    const plans = reads.map((read) => ({
      read,
      ...planRead(this.catalogue, read.metrics, read.filters ?? {}, read.groupBy ?? []),
    }));
    const shared = new SharedReads();
    const tables = await this.tablesFor(plans.flatMap((plan) => plan.reads));
    const parts = plans.map(({ read, reads: own }) =>
      own.map((part) => {
        const estimated = estimatedRead(part, this.stateRead(part, read), tables);
        return { keys: part.keys, estimated, place: shared.add(estimated?.read ?? this.stateRead(part, read)) };
      }),
    );
    const answers = await this.states.readAll(shared.reads);
    return plans.map(({ read, formulas }, index) => {
      const used = (parts[index] ?? []).map(({ keys, estimated, place }) => ({
        keys,
        answer: withEstimates(answers[place]!, estimated),
      }));
      return toAnswer(read, formulas, used);
    }) as MetricAnswers<Reads>;
  }

  /** The value of each metric over the whole range, ungrouped. */
  async readTotals(read: TotalsRead): Promise<MetricTotals> {
    const answer = await this.read(read);
    return { ...answer, totals: answer.rows[0]?.values ?? {} };
  }

  /** A metric's states by bucket, for windows that move over them. @throws InvalidInputError like `read` */
  async series({ metric, from, buckets, bucketMs, filters, groupBy }: SeriesRead): Promise<SeriesAnswer> {
    const plan = planRead(this.catalogue, [metric], filters, groupBy === null ? [] : [groupBy]);
    const first = from.getTime();
    const range = { from, to: new Date(first + buckets * bucketMs) };
    const starts = Array.from({ length: buckets }, (_, index) => new Date(first + index * bucketMs));
    const parts: SeriesPart[] = [];
    const tables = await this.tablesFor(plan.reads);
    let stale = false;
    for (const part of plan.reads) {
      const knownForMs = (part.knownForDays ?? 0) * DAY_MS;
      // What was known before is part of the first bucket.
      const bucketStarts = knownForMs > 0 ? [new Date(first - knownForMs), ...starts.slice(1)] : starts;
      const read = { ...this.familyRead(part, { ...range, from: bucketStarts[0] ?? from }), bucketStarts };
      const estimated = estimatedRead(part, read, tables);
      const [answer] = await this.states.readAll([estimated?.read ?? read]);
      if (!answer) throw new Error('A read has no answer.');
      parts.push({ keys: part.keys, rows: withEstimates(answer, estimated).rows, cumulative: knownForMs > 0 });
      stale ||= answer.stale;
    }
    const formula = plan.formulas.get(metric);
    if (!formula) throw new Error(`There is no formula for ${metric}.`);
    return { series: new MetricSeries(formula, parts, groupBy), stale };
  }

  /** The groups that have facts behind the metric, by part of the range. @throws InvalidInputError like `read` */
  async seen({ metric, range, starts, filters, groupBy }: SeenRead): Promise<SeenGroup[]> {
    const plan = planRead(this.catalogue, [metric], filters, groupBy);
    const reads = plan.reads.map((part) => ({
      ...this.familyRead({ ...part, dimensions: groupBy, needs: NOTHING_BUT_COUNTS }, range),
      bucketStarts: starts && starts.length > 1 ? starts : undefined,
    }));
    const answers = await this.states.readAll(reads);
    return answers.flatMap(({ rows }) =>
      rows.filter(({ state }) => state.count > 0).map(({ bucket, dimensions }) => ({ bucket, group: dimensions })),
    );
  }

  /** The latest known name and collection of products; those of which neither is known are absent. */
  productLabels(products: readonly string[]): Promise<ReadonlyMap<string, ProductLabel>> {
    return this.states.productLabels(products);
  }

  /**
   * How many values of the family's `distinct` were first seen within the range; the filters narrow what is counted, not
   * what makes a value known already.
   */
  countFirstSeen(
    family: string,
    range: Pick<TimeRange, 'from' | 'to'>,
    filters: Readonly<Record<string, string>>,
  ): Promise<FirstSeenCount> {
    const { from, to } = range;
    const found = this.catalogue.family(family);
    return this.states.countFirstSeen({ family: found, range: { from: from.getTime(), to: to.getTime() }, filters });
  }

  /** Mostly there already: asked for within a snapshot, they need a second connection. */
  private async tablesFor(parts: readonly FamilyRead[]): Promise<ReadonlyMap<string, EstimateTable>> {
    const tables = new Map<string, EstimateTable>();
    for (const measure of new Set(parts.flatMap(({ estimates }) => estimates))) {
      const table = this.tables.get(measure) ?? (await this.estimates.table(measure));
      if (table) tables.set(measure, table);
    }
    return tables;
  }

  private stateRead(part: FamilyRead, { range, buckets, live }: MetricRead): StateRead {
    const to = range.to.getTime();
    // A point of a series is what was reported in it; a range as a whole ends with what is known at its end.
    const known = buckets ? Infinity : to - (part.knownForDays ?? 0) * DAY_MS;
    const from = new Date(Math.min(range.from.getTime(), known));
    return { ...this.familyRead(part, { from, to: range.to }), bucketStarts: startsWithin(from, buckets), live };
  }

  private familyRead(part: FamilyRead, { from, to }: Pick<TimeRange, 'from' | 'to'>): StateRead {
    return {
      family: part.family,
      range: { from: from.getTime(), to: to.getTime() },
      keptFrom: this.retention.keptFrom(part.family, 'read'),
      sealedBefore: this.retention.sealedBefore(),
      dimensions: part.dimensions,
      filters: part.filters,
      needs: part.needs,
    };
  }
}

function estimatedRead(
  part: FamilyRead,
  read: StateRead,
  tables: ReadonlyMap<string, EstimateTable>,
): EstimatedRead | undefined {
  return part.estimates.length > 0 ? new EstimatedRead(read, part, tables) : undefined;
}

function withEstimates(answer: StateAnswer, estimated: EstimatedRead | undefined): StateAnswer {
  return estimated ? { ...answer, rows: estimated.rowsOf(answer.rows) } : answer;
}

/** The first bucket begins with the range, so that one bucket is the same as none. */
function startsWithin(from: Date, buckets: readonly Bucket[] | undefined): Date[] | undefined {
  if (!buckets || buckets.length <= 1) return undefined;
  return buckets.map(({ start }, index) => (index === 0 ? from : start));
}

function toAnswer(
  { groupBy = [], buckets, withFacts, lazily }: MetricRead,
  formulas: ReadonlyMap<string, Expression>,
  used: readonly { keys: readonly string[]; answer: StateAnswer }[],
): MetricAnswer {
  const cells = new CellTable(groupBy);
  for (const { keys, answer } of used) cells.add(keys, answer.rows);
  if (groupBy.length === 0) cells.fill(buckets?.length ?? 1);
  return { ...cells.rows(formulas, { withFacts, lazily }), ...sourceOf(used.map(({ answer }) => answer)) };
}

function sourceOf(answers: readonly StateAnswer[]): Pick<Provenance, 'source' | 'stale'> {
  const raw = answers.some(({ usedRaw }) => usedRaw);
  const rollups = answers.some(({ usedRollups }) => usedRollups);
  return { source: rollups ? (raw ? 'hybrid' : 'rollup') : 'raw', stale: answers.some(({ stale }) => stale) };
}
