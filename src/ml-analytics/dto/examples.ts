import type { JobFiguresDto } from './job-figures.dto.js';
import type { MlOverviewDto } from './ml-overview.dto.js';

const FIGURES: JobFiguresDto = {
  jobs: 450,
  succeeded: 430,
  failed: 15,
  cancelled: 5,
  success_rate: 0.9662921348314607,
  duration_ms: { avg: 9120.4, p50: 7675.04, p95: 19027.48, p99: 24310 },
  cost_usd: { reported: 41.27, estimated: 0, total: 41.27, jobs_without_cost: 12 },
  cost_per_successful_job_usd: 0.095977,
  wasted_cost_usd: 1.92,
};

export const ML_OVERVIEW_EXAMPLE: MlOverviewDto = {
  ...FIGURES,
  by_pipeline: [{ pipeline: '3d', ...FIGURES }],
  series: [
    {
      t: '2026-11-21T00:00:00.000Z',
      jobs: 450,
      succeeded: 430,
      failed: 15,
      success_rate: 0.9662921348314607,
      duration_p95_ms: 19027.48,
      cost_usd: 41.27,
    },
  ],
  meta: {
    from: '2026-11-21T00:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
    range: null,
    step_seconds: 86_400,
    source: 'rollup',
    generated_at: '2026-11-22T09:30:00.000Z',
    stale: false,
    percentile_error: 0.01,
  },
};
