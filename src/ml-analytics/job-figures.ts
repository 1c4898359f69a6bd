import type { MetricRow } from '../metrics/index.js';
import type { JobFiguresDto } from './dto/job-figures.dto.js';

/** The metrics that one set of figures is made of. */
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
  'ml.cost_usd',
  'ml.unpriced_jobs',
  'ml.wasted_cost_usd',
  'ml.unpriced_wasted_jobs',
] as const;

type JobMetric = (typeof JOB_METRICS)[number];

const USD_DIGITS = 6;

/** Figures of a set of jobs. A cost that no job of the set is known to have is null, not 0. */
export function jobFigures(values: MetricRow['values']): JobFiguresDto {
  const number = (metric: JobMetric): number | null => values[metric]?.toNumber() ?? null;
  const count = (metric: JobMetric): number => number(metric) ?? 0;
  const usd = (metric: JobMetric): number => values[metric]?.toDecimalPlaces(USD_DIGITS).toNumber() ?? 0;
  const priced = count('ml.job_count') - count('ml.unpriced_jobs');
  const wasted = count('ml.failure_count') + count('ml.cancelled_count');
  const total = priced > 0 ? usd('ml.cost_usd') : null;
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
    cost_usd: { reported: usd('ml.cost_usd'), estimated: 0, total, jobs_without_cost: count('ml.unpriced_jobs') },
    cost_per_successful_job_usd: costPerSuccess(values, total),
    wasted_cost_usd: wasted > 0 && wasted === count('ml.unpriced_wasted_jobs') ? null : usd('ml.wasted_cost_usd'),
  };
}

/** What a successful job costs with the failed ones paid for: total cost / succeeded. */
function costPerSuccess(values: MetricRow['values'], total: number | null): number | null {
  const succeeded = values['ml.success_count'];
  const cost = values['ml.cost_usd'];
  if (total === null || !cost || !succeeded || succeeded.isZero()) return null;
  return cost.div(succeeded).toDecimalPlaces(USD_DIGITS).toNumber();
}
