import type { Bucket } from '../metrics/index.js';
import type { JobFiguresDto } from './dto/job-figures.dto.js';
import type { MlPointDto } from './dto/ml-overview.dto.js';

/** Figures of a group of jobs, or of a bucket of time. */
export interface FiguresRow {
  readonly bucket: number;
  readonly group: Readonly<Record<string, string | null>>;
  readonly figures: JobFiguresDto;
}

/** Most jobs first, then by name. */
export function mostJobsFirst<Name extends string>(
  rows: readonly FiguresRow[],
  name: Name,
): (JobFiguresDto & Record<Name, string | null>)[] {
  return rows
    .map((row) => ({ [name]: row.group[name] ?? null, ...row.figures }) as JobFiguresDto & Record<Name, string | null>)
    .sort((left, right) => right.jobs - left.jobs || String(left[name]).localeCompare(String(right[name])));
}

/** A row as a point of a series. */
export function toPoint({ figures }: FiguresRow, bucket: Bucket | undefined): MlPointDto {
  return {
    t: bucket?.start.toISOString() ?? '',
    ...(bucket?.partial && { partial: true }),
    jobs: figures.jobs,
    succeeded: figures.succeeded,
    failed: figures.failed,
    success_rate: figures.success_rate,
    duration_p95_ms: figures.duration_ms.p95,
    // A gap is filled with the sum of nothing; jobs whose cost nobody knows are something else.
    cost_usd: figures.jobs === 0 ? 0 : figures.cost_usd.total,
  };
}
