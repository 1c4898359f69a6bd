import { Injectable } from '@nestjs/common';
import { joinProvenance, readMeta } from '../metrics/index.js';
import { POINT_METRICS, toPoint, type JobsRow } from './figures-row.js';
import { jobFigures } from './job-figures.js';
import type { MlOverviewDto } from './dto/ml-overview.dto.js';
import type { MlQueryDto } from './dto/ml-query.dto.js';
import { JobFiguresReader, onlyRow } from './job-figures.reader.js';
import { MlFrame } from './ml-frame.js';

/** How the AI pipelines do, whole, by pipeline and over time. */
@Injectable()
export class MlOverviewService {
  constructor(
    private readonly frame: MlFrame,
    private readonly jobs: JobFiguresReader,
  ) {}

  async overview(query: MlQueryDto): Promise<MlOverviewDto> {
    const request = await this.frame.series(query);
    const { range, prices, filters, buckets } = request;
    const read = { range, prices, filters };
    const { figures } = await this.jobs.readAll([
      read,
      { ...read, groupBy: ['pipeline'] },
      { ...read, buckets, metrics: POINT_METRICS },
    ]);
    const [whole, pipelines, series] = figures;
    return {
      ...onlyRow(whole),
      by_pipeline: byPipeline(pipelines.rows),
      series: series.rows.map((row) => toPoint(row, buckets[row.bucket])),
      meta: readMeta({ ...request, provenance: joinProvenance(whole, pipelines, series), holds: ['percentiles'] }),
    };
  }
}

function byPipeline(rows: readonly JobsRow[]): MlOverviewDto['by_pipeline'] {
  return rows
    .map((row) => ({ pipeline: row.group['pipeline'] ?? '', ...jobFigures(row) }))
    .sort((left, right) => left.pipeline.localeCompare(right.pipeline));
}
