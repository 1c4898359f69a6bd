import { Injectable } from '@nestjs/common';
import { ASSET_STAGES, type Pipeline } from '../events/index.js';
import { joinProvenance, MetricReader, readMeta, type MetricAnswer, type Provenance } from '../metrics/index.js';
import { InvalidInputError } from '../platform/errors/index.js';
import { mostJobsFirst, toPoint, type FiguresRow } from './figures-row.js';
import type { MlQueryDto } from './dto/ml-query.dto.js';
import type { AssetsDto, ErrorCountDto, FunnelStageDto, PipelineDto, StageFiguresDto } from './dto/pipeline.dto.js';
import { JobFiguresReader, noJobs, onlyRow } from './job-figures.reader.js';
import { MlFrame, type MlSeriesRequest } from './ml-frame.js';

/** One pipeline in detail: by provider and model, why jobs fail, over time; the assets pipeline by stage as well. */
@Injectable()
export class MlPipelineService {
  constructor(
    private readonly frame: MlFrame,
    private readonly jobs: JobFiguresReader,
    private readonly reader: MetricReader,
  ) {}

  async pipeline(pipeline: Exclude<Pipeline, 'assets'>, query: MlQueryDto): Promise<PipelineDto> {
    const request = await this.requestOf(pipeline, query);
    const { body, provenance } = await this.details(request);
    return { ...body, meta: readMeta({ ...request, provenance, holds: ['percentiles'] }) };
  }

  async assets(query: MlQueryDto): Promise<AssetsDto> {
    const request = await this.requestOf('assets', query);
    const [details, stages] = await Promise.all([
      this.details(request),
      this.jobs.read({ ...request, buckets: undefined, groupBy: ['stage'] }),
    ]);
    const by_stage = byStage(stages.rows);
    const provenance = joinProvenance(details.provenance, stages);
    return {
      ...details.body,
      by_stage,
      funnel: funnelOf(by_stage),
      meta: readMeta({ ...request, provenance, holds: ['percentiles'] }),
    };
  }

  private async requestOf(pipeline: Pipeline, query: MlQueryDto): Promise<MlSeriesRequest> {
    if (query.pipeline !== undefined && query.pipeline !== pipeline) {
      const message = `this is the pipeline ${pipeline}; leave it out, or ask /ml/overview`;
      throw new InvalidInputError([{ path: 'pipeline', message }]);
    }
    return this.frame.series({ ...query, pipeline });
  }

  private async details(
    request: MlSeriesRequest,
  ): Promise<{ body: Omit<PipelineDto, 'meta'>; provenance: Provenance }> {
    const { range, prices, filters, buckets } = request;
    const read = { range, prices, filters };
    const [whole, providers, models, errors, series] = await Promise.all([
      this.jobs.read(read),
      this.jobs.read({ ...read, groupBy: ['provider'] }),
      this.jobs.read({ ...read, groupBy: ['model'] }),
      this.reader.read({ metrics: ['ml.failure_count'], range, filters, groupBy: ['error_code'] }),
      this.jobs.read({ ...read, buckets }),
    ]);
    const body = {
      ...onlyRow(whole),
      by_provider: mostJobsFirst(providers.rows, 'provider') as PipelineDto['by_provider'],
      by_model: mostJobsFirst(models.rows, 'model'),
      errors: errorCounts(errors),
      series: series.rows.map((row) => toPoint(row, buckets[row.bucket])),
    };
    return { body, provenance: joinProvenance(whole, providers, models, errors, series) };
  }
}

function errorCounts({ rows }: MetricAnswer): ErrorCountDto[] {
  return rows
    .map(({ group, values }) => ({
      error_code: group['error_code'] ?? null,
      count: values['ml.failure_count']?.toNumber() ?? 0,
    }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count || String(left.error_code).localeCompare(String(right.error_code)));
}

/** Every stage, whether it had jobs or not; jobs that named none last. */
function byStage(rows: readonly FiguresRow[]): StageFiguresDto[] {
  const known = new Map(rows.map(({ group, figures }) => [group['stage'] ?? null, figures]));
  const stages = ASSET_STAGES.map((stage) => ({ stage, ...(known.get(stage) ?? noJobs()) }));
  const others = rows.filter(({ group }) => !ASSET_STAGES.some((stage) => stage === group['stage']));
  return [...stages, ...others.map(({ group, figures }) => ({ stage: group['stage'] ?? null, ...figures }))];
}

function funnelOf(stages: readonly StageFiguresDto[]): FunnelStageDto[] {
  return ASSET_STAGES.map((stage, index) => {
    const { succeeded } = stages[index] ?? noJobs();
    const before = index > 0 ? stages[index - 1]?.succeeded : undefined;
    return { stage, succeeded, rate_from_previous: before ? succeeded / before : null };
  });
}
