import type { JobFiguresDto } from './job-figures.dto.js';
import type { MlOverviewDto, MlPointDto } from './ml-overview.dto.js';
import type { AssetsDto, PipelineDto, ProvidersDto } from './pipeline.dto.js';

const FIGURES: JobFiguresDto = {
  jobs: 450,
  succeeded: 430,
  failed: 15,
  cancelled: 5,
  success_rate: 0.9662921348314607,
  duration_ms: { avg: 9120.4, p50: 7675.04, p95: 19027.48, p99: 24310 },
  cost_usd: { reported: 41.27, estimated: 3.5, total: 44.77, jobs_without_cost: 12 },
  cost_per_successful_job_usd: 0.104116,
  wasted_cost_usd: 1.92,
};

const POINT: MlPointDto = {
  t: '2026-11-21T00:00:00.000Z',
  jobs: 450,
  succeeded: 430,
  failed: 15,
  success_rate: 0.9662921348314607,
  duration_p95_ms: 19027.48,
  cost_usd: 44.77,
};

const META = {
  from: '2026-11-21T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  range: null,
  step_seconds: 86_400,
  source: 'rollup',
  generated_at: '2026-11-22T09:30:00.000Z',
  stale: false,
  percentile_error: 0.01,
} as const;

export const ML_OVERVIEW_EXAMPLE: MlOverviewDto = {
  ...FIGURES,
  by_pipeline: [{ pipeline: '3d', ...FIGURES }],
  series: [POINT],
  meta: META,
};

export const PIPELINE_EXAMPLE: PipelineDto = {
  ...FIGURES,
  by_provider: [{ provider: 'tripo', ...FIGURES }],
  by_model: [{ model: 'text-to-model', ...FIGURES }],
  errors: [
    { error_code: 'timeout', count: 9 },
    { error_code: null, count: 6 },
  ],
  series: [POINT],
  meta: META,
};

export const ASSETS_EXAMPLE: AssetsDto = {
  ...PIPELINE_EXAMPLE,
  by_stage: [{ stage: 'ingestion', ...FIGURES }],
  funnel: [
    { stage: 'ingestion', succeeded: 430, rate_from_previous: null },
    { stage: 'versioning', succeeded: 387, rate_from_previous: 0.9 },
    { stage: 'approval', succeeded: 0, rate_from_previous: 0 },
  ],
};

const { step_seconds: _, ...TOTALS_META } = META;

export const PROVIDERS_EXAMPLE: ProvidersDto = {
  providers: [{ provider: 'tripo', ...FIGURES, models: [{ model: 'text-to-model', ...FIGURES }] }],
  meta: TOTALS_META,
};
