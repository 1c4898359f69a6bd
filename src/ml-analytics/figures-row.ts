import type { Bucket } from '../metrics/index.js';
import { jobFigures, numberOf, usd, type JobMetric, type JobSet } from './job-figures.js';
import type { JobFiguresDto } from './dto/job-figures.dto.js';
import type { MlPointDto } from './dto/ml-overview.dto.js';

/** The jobs of a group, or of a bucket of time. */
export interface JobsRow extends JobSet {
  readonly bucket: number;
  readonly group: Readonly<Record<string, string | null>>;
}

/** Most jobs first, then by name. */
export function mostJobsFirst<Name extends string>(
  rows: readonly JobsRow[],
  name: Name,
): (JobFiguresDto & Record<Name, string | null>)[] {
  return rows
    .map(
      (row) => ({ [name]: row.group[name] ?? null, ...jobFigures(row) }) as JobFiguresDto & Record<Name, string | null>,
    )
    .sort((left, right) => right.jobs - left.jobs || String(left[name]).localeCompare(String(right[name])));
}

/** What a point of a series shows: of a hundred points, the rest of their figures would be worked out for nothing. */
export const POINT_METRICS = [
  'ml.job_count',
  'ml.success_count',
  'ml.failure_count',
  'ml.success_rate',
  'ml.duration_p95',
] as const satisfies readonly JobMetric[];

/** A row as a point of a series. */
export function toPoint({ values, costs: { all } }: JobsRow, bucket: Bucket | undefined): MlPointDto {
  const number = (metric: (typeof POINT_METRICS)[number]): number | null => numberOf(values, metric);
  const jobs = number('ml.job_count') ?? 0;
  const { totalUsd } = all;
  return {
    t: bucket?.start.toISOString() ?? '',
    ...(bucket?.partial && { partial: true }),
    jobs,
    succeeded: number('ml.success_count') ?? 0,
    failed: number('ml.failure_count') ?? 0,
    success_rate: number('ml.success_rate'),
    duration_p95_ms: number('ml.duration_p95'),
    // A gap is filled with the sum of nothing; jobs whose cost nobody knows are something else.
    cost_usd: jobs === 0 ? 0 : totalUsd && usd(totalUsd),
  };
}
