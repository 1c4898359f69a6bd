import { Injectable } from '@nestjs/common';
import { joinProvenance, MetricReader, readMeta, TimeFrame, type Bucket, type MetricRow } from '../metrics/index.js';
import { JOB_METRICS, jobFigures } from './job-figures.js';
import type { MlOverviewDto, MlPointDto } from './dto/ml-overview.dto.js';
import type { MlQueryDto } from './dto/ml-query.dto.js';

/** How the AI pipelines do, whole, by pipeline and over time. */
@Injectable()
export class MlOverviewService {
  constructor(
    private readonly time: TimeFrame,
    private readonly reader: MetricReader,
  ) {}

  async overview(query: MlQueryDto): Promise<MlOverviewDto> {
    const now = this.time.now();
    const range = this.time.range(query, now);
    const step = this.time.step(query.step, range, now);
    const buckets = this.time.buckets(range, step, 'UTC', now);
    const read = { metrics: JOB_METRICS, range, filters: filtersOf(query) };
    const [whole, pipelines, series] = await Promise.all([
      this.reader.readTotals(read),
      this.reader.read({ ...read, groupBy: ['pipeline'] }),
      this.reader.read({ ...read, buckets }),
    ]);
    return {
      ...jobFigures(whole.totals),
      by_pipeline: byPipeline(pipelines.rows),
      series: series.rows.map((row) => toPoint(row, buckets[row.bucket])),
      meta: readMeta({
        range,
        now,
        step,
        provenance: joinProvenance(whole, pipelines, series),
        holds: ['percentiles'],
      }),
    };
  }
}

function filtersOf({ provider, pipeline, model }: MlQueryDto): Record<string, string[]> {
  return {
    ...(provider && { provider }),
    ...(pipeline !== undefined && { pipeline: [pipeline] }),
    ...(model !== undefined && { model: [model] }),
  };
}

function byPipeline(rows: readonly MetricRow[]): MlOverviewDto['by_pipeline'] {
  return rows
    .map((row) => ({ pipeline: row.group['pipeline'] ?? '', ...jobFigures(row.values) }))
    .sort((left, right) => left.pipeline.localeCompare(right.pipeline));
}

function toPoint(row: MetricRow, bucket: Bucket | undefined): MlPointDto {
  const figures = jobFigures(row.values);
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
