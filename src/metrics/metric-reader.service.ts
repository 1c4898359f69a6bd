import { Injectable } from '@nestjs/common';
import { Catalogue } from './catalogue/catalogue.js';
import type { Expression } from './catalogue/expression.js';
import { distinctIsExact, evaluate, factsBehind, type KeyedState, type MetricValue } from './domain/evaluate.js';
import { planRead, type FamilyRead, type Filters } from './read-plan.js';
import { RetentionPolicy } from './planner/retention-policy.js';
import { MetricStateRepository, type StateAnswer } from './store/metric-state.repository.js';
import type { StateRow } from './store/state-row.js';
import type { Bucket } from './time/step.js';
import type { TimeRange } from './time/time-range.js';

const DAY_MS = 86_400_000;

/** What is asked: which metrics, over which time, cut how. */
export interface MetricRead {
  readonly metrics: readonly string[];
  readonly range: Pick<TimeRange, 'from' | 'to'>;
  /** Absent: one answer for the whole range. */
  readonly buckets?: readonly Bucket[];
  /** Dimension → values that count; '' stands for none. */
  readonly filters?: Filters;
  readonly groupBy?: readonly string[];
  /** Also says how many facts stand behind each value. */
  readonly withFacts?: boolean;
}

/** Where the numbers of an answer come from. */
export interface Provenance {
  readonly source: 'raw' | 'rollup' | 'hybrid';
  /** True while something that belongs to the answer is not in it yet. */
  readonly stale: boolean;
  /** False when some distinct number in the answer is an estimate. */
  readonly distinctExact: boolean;
}

export interface MetricRow {
  /** Index into the buckets asked for; 0 without. */
  readonly bucket: number;
  /** Dimension values of `groupBy`; null is none. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly values: Readonly<Record<string, MetricValue>>;
  /**
   * By metric how many facts (requests, orders, samples) stand behind its value: of a ratio those that it divides by, of
   * distinct sessions the sessions. With `withFacts` only.
   */
  readonly facts?: Readonly<Record<string, number>>;
}

export interface MetricAnswer extends Provenance {
  /**
   * Without `groupBy` a row for every bucket, oldest first, whether it has data or not; with it a row for every bucket
   * and group that has any.
   */
  readonly rows: readonly MetricRow[];
}

/** The one way to read a metric. Formulas and dimensions come from the catalogue; nothing else writes SQL over events. */
@Injectable()
export class MetricReader {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly states: MetricStateRepository,
    private readonly retention: RetentionPolicy,
  ) {}

  /** @throws InvalidInputError when a metric cannot be cut by the dimensions asked for */
  async read(read: MetricRead): Promise<MetricAnswer> {
    const groupBy = read.groupBy ?? [];
    const plan = planRead(this.catalogue, read.metrics, read.filters ?? {}, groupBy);
    const answers = await Promise.all(
      plan.reads.map(async (part) => ({ part, answer: await this.readStates(part, read) })),
    );
    const cells = new CellTable(groupBy);
    for (const { part, answer } of answers) cells.add(part.keys, answer.rows);
    if (groupBy.length === 0) cells.fill(read.buckets?.length ?? 1);
    return { ...rowsOf(cells, plan.formulas, read.withFacts), ...sourceOf(answers.map(({ answer }) => answer)) };
  }

  /** The value of each metric over the whole range, ungrouped. */
  async readTotals(
    read: Omit<MetricRead, 'buckets' | 'groupBy'>,
  ): Promise<MetricAnswer & { totals: MetricRow['values'] }> {
    const answer = await this.read(read);
    return { ...answer, totals: answer.rows[0]?.values ?? {} };
  }

  private readStates(part: FamilyRead, read: MetricRead): Promise<StateAnswer> {
    const to = read.range.to.getTime();
    // A point of a series is what was reported in it; a range as a whole ends with what is known at its end.
    const known = read.buckets ? Infinity : to - (part.knownForDays ?? 0) * DAY_MS;
    return this.states.read({
      family: part.family,
      range: { from: Math.min(read.range.from.getTime(), known), to },
      bucketStarts: read.buckets?.map((bucket) => bucket.start),
      keptFrom: this.retention.keptFrom(part.family, 'read'),
      sealedBefore: this.retention.sealedBefore(),
      dimensions: part.dimensions,
      filters: part.filters,
      needs: part.needs,
    });
  }
}

function sourceOf(answers: readonly StateAnswer[]): Pick<Provenance, 'source' | 'stale'> {
  const raw = answers.some(({ usedRaw }) => usedRaw);
  const rollups = answers.some(({ usedRollups }) => usedRollups);
  return { source: rollups ? (raw ? 'hybrid' : 'rollup') : 'raw', stale: answers.some(({ stale }) => stale) };
}

/** The states of every bucket and group, as they come in from several queries. */
class CellTable {
  readonly cells = new Map<
    string,
    { bucket: number; group: Record<string, string>; states: Map<string, KeyedState[]> }
  >();

  constructor(private readonly groupBy: readonly string[]) {}

  add(keys: readonly string[], rows: readonly StateRow[]): void {
    for (const row of rows) {
      const group = Object.fromEntries(this.groupBy.map((name) => [name, row.dimensions[name] ?? '']));
      const { states } = this.cell(row.bucket, group);
      for (const key of keys) {
        const known = states.get(key);
        if (known) known.push(row);
        else states.set(key, [row]);
      }
    }
  }

  fill(bucketCount: number): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) this.cell(bucket, {});
  }

  private cell(bucket: number, group: Record<string, string>): { states: Map<string, KeyedState[]> } {
    const key = JSON.stringify([bucket, ...Object.values(group)]);
    const known = this.cells.get(key);
    if (known) return known;
    const cell = { bucket, group, states: new Map<string, KeyedState[]>() };
    this.cells.set(key, cell);
    return cell;
  }
}

function rowsOf(
  cells: CellTable,
  formulas: ReadonlyMap<string, Expression>,
  withFacts = false,
): Pick<MetricAnswer, 'rows' | 'distinctExact'> {
  const sorted = [...cells.cells.values()].sort((left, right) => left.bucket - right.bucket);
  const rows = sorted.map(({ bucket, group, states }) => ({
    bucket,
    group: Object.fromEntries(Object.entries(group).map(([name, value]) => [name, value === '' ? null : value])),
    values: eachOf(formulas, (formula) => evaluate(formula, states)),
    ...(withFacts && { facts: eachOf(formulas, (formula) => factsBehind(formula, states)) }),
  }));
  const distinctExact = sorted.every(({ states }) =>
    [...formulas.values()].every((formula) => distinctIsExact(formula, states)),
  );
  return { rows, distinctExact };
}

function eachOf<T>(formulas: ReadonlyMap<string, Expression>, of: (formula: Expression) => T): Record<string, T> {
  return Object.fromEntries([...formulas].map(([name, formula]) => [name, of(formula)]));
}
