import { Injectable } from '@nestjs/common';
import { ASSET_STAGES, type Pipeline } from '../events/index.js';
import { joinProvenance, readMeta, type MetricAnswer, type Provenance } from '../metrics/index.js';
import { InvalidInputError } from '../platform/errors/index.js';
import { mostJobsFirst, POINT_METRICS, toPoint, type JobsRow } from './figures-row.js';
import { jobFigures } from './job-figures.js';
import type { MlQueryDto } from './dto/ml-query.dto.js';
import type { AssetsDto, ErrorCountDto, FunnelStageDto, PipelineDto, StageFiguresDto } from './dto/pipeline.dto.js';
import { JobFiguresReader, noJobs, onlyRow, type JobFiguresAnswer } from './job-figures.reader.js';
import { MlFrame, type MlSeriesRequest } from './ml-frame.js';
import { ProviderFigures } from './provider-figures.js';

interface Details {
  readonly body: Omit<PipelineDto, 'meta'>;
  readonly stages: JobFiguresAnswer;
  readonly provenance: Provenance;
}

/** One pipeline in detail: by provider and model, why jobs fail, over time; the assets pipeline by stage as well. */
@Injectable()
export class MlPipelineService {
  constructor(
    private readonly frame: MlFrame,
    private readonly jobs: JobFiguresReader,
    private readonly providers: ProviderFigures,
  ) {}

  async pipeline(pipeline: Exclude<Pipeline, 'assets'>, query: MlQueryDto): Promise<PipelineDto> {
    const request = await this.requestOf(pipeline, query);
    const { body, provenance } = await this.details(request);
    return { ...body, meta: readMeta({ ...request, provenance, holds: ['percentiles'] }) };
  }

  async assets(query: MlQueryDto): Promise<AssetsDto> {
    const request = await this.requestOf('assets', query);
    const { body, stages, provenance } = await this.details(request);
    const by_stage = byStage(stages.rows);
    return {
      ...body,
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

  /** Stages come with it: of one snapshot, and they cost nothing more to read. */
  private async details(request: MlSeriesRequest): Promise<Details> {
    const { range, prices, filters, buckets } = request;
    const read = { range, prices, filters };
    const { figures, others } = await this.jobs.readAll(
      [
        read,
        { ...read, groupBy: ['provider'] },
        { ...read, groupBy: ['model'] },
        { ...read, groupBy: ['stage'] },
        { ...read, buckets, metrics: POINT_METRICS },
      ],
      [{ metrics: ['ml.failure_count'], range, filters, groupBy: ['error_code'] }],
    );
    const [whole, providers, models, stages, series] = figures;
    const [errors] = others;
    const body = {
      ...onlyRow(whole),
      by_provider: this.providers.list(providers.rows, filters),
      by_model: mostJobsFirst(models.rows, 'model'),
      errors: errorCounts(errors),
      series: series.rows.map((row) => toPoint(row, buckets[row.bucket])),
    };
    return { body, stages, provenance: joinProvenance(whole, ...figures, ...others) };
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
function byStage(rows: readonly JobsRow[]): StageFiguresDto[] {
  const known = new Map(rows.map((row) => [row.group['stage'] ?? null, jobFigures(row)]));
  const stages = ASSET_STAGES.map((stage) => ({ stage, ...(known.get(stage) ?? noJobs()) }));
  const others = rows.filter(({ group }) => !ASSET_STAGES.some((stage) => stage === group['stage']));
  return [...stages, ...others.map((row) => ({ stage: row.group['stage'] ?? null, ...jobFigures(row) }))];
}

function funnelOf(stages: readonly StageFiguresDto[]): FunnelStageDto[] {
  return ASSET_STAGES.map((stage, index) => {
    const { succeeded } = stages[index] ?? noJobs();
    const before = index > 0 ? stages[index - 1]?.succeeded : undefined;
    return { stage, succeeded, rate_from_previous: before ? succeeded / before : null };
  });
}
