import type { Decimal, MetricRow } from '../metrics/index.js';
import type { JobFiguresDto } from './dto/job-figures.dto.js';
import type { JobCosts } from './domain/job-costs.js';

/** The metrics that one set of figures is made of, costs apart. */
export const JOB_METRICS = [
  'ml.job_count',
  'ml.success_count',
  'ml.failure_count',
  'ml.cancelled_count',
  'ml.success_rate',
  'ml.duration_avg',
  'ml.duration_p50',
  'ml.duration_p95',
  'ml.duration_p99',
] as const;

export type JobMetric = (typeof JOB_METRICS)[number];

/** What all jobs of a set cost, and those of them that failed or were cancelled. */
export interface CostsOfJobs {
  readonly all: JobCosts;
  readonly wasted: JobCosts;
}

/** What the figures of a set of jobs are made of. */
export interface JobSet {
  readonly values: MetricRow['values'];
  readonly costs: CostsOfJobs;
}

const USD_DIGITS = 6;

export function numberOf(values: MetricRow['values'], metric: JobMetric): number | null {
  return values[metric]?.toNumber() ?? null;
}

/** Figures of a set of jobs of which all metrics were read. A cost that no job of the set is known to have is null, not 0. */
export function jobFigures({ values, costs: { all, wasted } }: JobSet): JobFiguresDto {
  const number = (metric: JobMetric): number | null => numberOf(values, metric);
  const count = (metric: JobMetric): number => number(metric) ?? 0;
  return {
    jobs: count('ml.job_count'),
    succeeded: count('ml.success_count'),
    failed: count('ml.failure_count'),
    cancelled: count('ml.cancelled_count'),
    success_rate: number('ml.success_rate'),
    duration_ms: {
      avg: number('ml.duration_avg'),
      p50: number('ml.duration_p50'),
      p95: number('ml.duration_p95'),
      p99: number('ml.duration_p99'),
    },
    cost_usd: {
      reported: usd(all.reportedUsd),
      estimated: usd(all.estimatedUsd),
      total: all.totalUsd && usd(all.totalUsd),
      jobs_without_cost: all.jobsWithoutCost.toNumber(),
    },
    cost_per_successful_job_usd: costPerSuccess(all.totalUsd, values['ml.success_count']),
    wasted_cost_usd: wastedUsd(wasted),
  };
}

/** What a successful job costs with the failed ones paid for: total cost / succeeded. */
function costPerSuccess(total: Decimal | null, succeeded: Decimal | null | undefined): number | null {
  return total === null || !succeeded || succeeded.isZero() ? null : usd(total.div(succeeded));
}

/** Nothing wasted is 0; something wasted at a cost that nobody knows is null. */
function wastedUsd(wasted: JobCosts): number | null {
  if (wasted.jobs.isZero()) return 0;
  return wasted.totalUsd && usd(wasted.totalUsd);
}

export function usd(amount: Decimal): number {
  return amount.toDecimalPlaces(USD_DIGITS).toNumber();
}
