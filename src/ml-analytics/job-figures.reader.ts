import { Injectable } from '@nestjs/common';
import {
  Decimal,
  groupKey,
  joinProvenance,
  MetricReader,
  type Bucket,
  type MetricAnswer,
  type MetricRead,
  type MetricRow,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { JobCosts, type JobSums } from './domain/job-costs.js';
import { JOB_METRICS, jobFigures, type CostsOfJobs, type JobMetric } from './job-figures.js';
import type { PriceTable } from './domain/price-table.js';
import type { JobsRow } from './figures-row.js';
import type { JobFiguresDto } from './dto/job-figures.dto.js';

/** Which jobs, and how their figures are cut. */
export interface JobFiguresRead {
  readonly range: TimeRange;
  readonly prices: PriceTable;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly buckets?: readonly Bucket[];
  readonly groupBy?: readonly JobDimension[];
  /** Absent: all that `jobFigures` needs. */
  readonly metrics?: readonly JobMetric[];
}

export type JobDimension = 'pipeline' | 'provider' | 'model' | 'stage';

export interface JobFiguresAnswer extends Provenance {
  readonly rows: readonly JobsRow[];
}

/** Sums that a price can be put on. */
const COST_METRICS = [
  'ml.job_count',
  'ml.reported_cost_usd',
  'ml.unpriced_jobs',
  'ml.unpriced_unitless_jobs',
  'ml.unpriced_inputless_jobs',
  'ml.unpriced_outputless_jobs',
  'ml.unpriced_seconds',
  'ml.unpriced_input_units',
  'ml.unpriced_output_units',
] as const;
const WASTED = new Set(['failed', 'cancelled']);

/** Figures of jobs with their costs. Estimates are made here, on read, so a corrected price corrects the past. */
@Injectable()
export class JobFiguresReader {
  constructor(private readonly reader: MetricReader) {}

  /**
   * Several sets of figures of one snapshot, and other metrics that belong to the answer. Each set has without `groupBy` a
   * row for every bucket, with it one for every bucket and group that has jobs.
   */
  async readAll<const Reads extends readonly JobFiguresRead[], const Others extends readonly MetricRead[] = []>(
    reads: Reads,
    others?: Others,
  ): Promise<{ figures: Each<Reads, JobFiguresAnswer>; others: Each<Others, MetricAnswer> }> {
    const answers = await this.reader.readAll([...reads.flatMap(metricReads), ...(others ?? [])]);
    const figures = reads.map((read, place) => toJobs(read, answers.slice(2 * place, 2 * place + 2)));
    return {
      figures: figures as Each<Reads, JobFiguresAnswer>,
      others: answers.slice(2 * reads.length) as Each<Others, MetricAnswer>,
    };
  }
}

type Each<Reads, Answer> = { [Place in keyof Reads]: Answer };

/** Of the jobs, and of what a price can be put on. */
function metricReads(read: JobFiguresRead): [MetricRead, MetricRead] {
  const { range, filters, buckets, groupBy = [], metrics = JOB_METRICS } = read;
  return [
    { metrics, range, filters, buckets, groupBy },
    {
      metrics: COST_METRICS,
      range,
      filters,
      buckets: pricedSpans(read),
      groupBy: [...new Set([...groupBy, 'provider', 'model', 'status'])],
    },
  ];
}

function toJobs(read: JobFiguresRead, [figures, sums]: readonly MetricAnswer[]): JobFiguresAnswer {
  if (!figures || !sums) throw new Error('A read of jobs has no answer.');
  const costs = new CostTable(read, pricedSpans(read));
  for (const row of sums.rows) costs.add(row);
  const rows = figures.rows.map((row) => ({ ...row, costs: costs.of(row) }));
  return { ...joinProvenance(figures, sums), rows };
}

/** The figures of an answer that was not cut. */
export function onlyRow({ rows }: JobFiguresAnswer): JobFiguresDto {
  return rows[0] ? jobFigures(rows[0]) : noJobs();
}

export function noJobs(): JobFiguresDto {
  return jobFigures({ values: {}, costs: { all: new JobCosts(), wasted: new JobCosts() } });
}

/**
 * The buckets of the answer, cut where a price changes: within each one every job of a model has the same price. The
 * first begins with the range, not with its bucket: a price of between the two holds for all of it.
 */
function pricedSpans({ range, buckets, prices }: JobFiguresRead): Bucket[] {
  const starts = [...(buckets?.map(({ start }) => start) ?? [range.from]), ...prices.changesWithin(range)];
  const inside = starts.map((start) => Math.max(start.getTime(), range.from.getTime()));
  const times = [...new Set(inside)].sort((left, right) => left - right);
  return times.map((time, index) => ({
    start: new Date(time),
    end: new Date(times[index + 1] ?? range.to.getTime()),
    partial: false,
  }));
}

/** Costs by bucket and group of the answer. */
class CostTable {
  private readonly costs = new Map<string, CostsOfJobs>();
  /** The bucket of the answer that each span lies in. */
  private readonly buckets: readonly number[];

  constructor(
    private readonly read: JobFiguresRead,
    private readonly spans: readonly Bucket[],
  ) {
    this.buckets = bucketsAt(spans, read.buckets ?? []);
  }

  add(row: MetricRow): void {
    const start = this.spans[row.bucket]?.start ?? this.read.range.from;
    const { all, wasted } = this.cell(this.buckets[row.bucket] ?? 0, row.group);
    const price = this.read.prices.priceOf(row.group['provider'] ?? '', row.group['model'] ?? '', start);
    const sums = toSums(row.values);
    all.add(sums, price);
    if (WASTED.has(row.group['status'] ?? '')) wasted.add(sums, price);
  }

  of({ bucket, group }: MetricRow): CostsOfJobs {
    return this.cell(bucket, group);
  }

  private cell(bucket: number, group: MetricRow['group']): CostsOfJobs {
    const key = groupKey(String(bucket), this.read.groupBy ?? [], group);
    const known = this.costs.get(key);
    if (known) return known;
    const cell = { all: new JobCosts(), wasted: new JobCosts() };
    this.costs.set(key, cell);
    return cell;
  }
}

/** For each span the bucket that it begins in; both are in order. */
function bucketsAt(spans: readonly Bucket[], buckets: readonly Bucket[]): number[] {
  let bucket = 0;
  return spans.map(({ start }) => {
    for (let next = buckets[bucket + 1]; next && next.start <= start; next = buckets[bucket + 1]) bucket++;
    return bucket;
  });
}

const NOTHING = new Decimal(0);

function toSums(values: MetricRow['values']): JobSums {
  const sum = (metric: (typeof COST_METRICS)[number]): Decimal => values[metric] ?? NOTHING;
  return {
    jobs: sum('ml.job_count'),
    reportedUsd: sum('ml.reported_cost_usd'),
    unpricedJobs: sum('ml.unpriced_jobs'),
    unitlessJobs: sum('ml.unpriced_unitless_jobs'),
    inputlessJobs: sum('ml.unpriced_inputless_jobs'),
    outputlessJobs: sum('ml.unpriced_outputless_jobs'),
    unpricedSeconds: sum('ml.unpriced_seconds'),
    unpricedInputUnits: sum('ml.unpriced_input_units'),
    unpricedOutputUnits: sum('ml.unpriced_output_units'),
  };
}
