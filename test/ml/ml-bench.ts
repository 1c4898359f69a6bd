import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { JobFiguresReader } from '../../src/ml-analytics/job-figures.reader.js';
import { MlFrame } from '../../src/ml-analytics/ml-frame.js';
import { MlOverviewService } from '../../src/ml-analytics/ml-overview.service.js';
import { MlPipelineService } from '../../src/ml-analytics/ml-pipeline.service.js';
import { MlProvidersService } from '../../src/ml-analytics/ml-providers.service.js';
import { ProviderFigures } from '../../src/ml-analytics/provider-figures.js';
import { PricingRepository } from '../../src/ml-analytics/pricing/pricing.repository.js';
import { PricingService } from '../../src/ml-analytics/pricing/pricing.service.js';
import type { PriceDto } from '../../src/ml-analytics/pricing/price.dto.js';
import { TimeFrame } from '../../src/metrics/index.js';
import type { AppConfig } from '../../src/platform/config/index.js';
import { RollupBench } from '../rollups/rollup-bench.js';

/** The ML room on one database, without HTTP, at the time that the test sets. */
export class MlBench {
  readonly rollups: RollupBench;
  readonly pricing: PricingService;
  readonly overviews: MlOverviewService;
  readonly pipelines: MlPipelineService;
  readonly providers: MlProvidersService;

  constructor(dataSource: DataSource, houseProviders: readonly string[] = []) {
    this.rollups = new RollupBench(dataSource);
    const { clock, policy, reader } = this.rollups;
    const config = {
      ingest: { rawRetentionDays: 7 },
      business: { storeTimeZone: 'UTC' },
      ml: { houseProviders },
    } as unknown as AppConfig;
    const byProvider = new ProviderFigures(config);
    this.pricing = new PricingService(new PricingRepository(dataSource));
    const frame = new MlFrame(new TimeFrame(clock, config, policy), this.pricing);
    const jobs = new JobFiguresReader(reader);
    this.overviews = new MlOverviewService(frame, jobs);
    this.pipelines = new MlPipelineService(frame, jobs, byProvider);
    this.providers = new MlProvidersService(frame, jobs, byProvider);
  }

  /** No jobs, no prices. */
  async clear(now: string): Promise<void> {
    await this.rollups.clear();
    this.rollups.clock.at = Date.parse(now);
    await this.pricing.replace([], 'test');
  }

  /** Each check is made on raw events and again when everything is rolled up: the figures must not move. */
  async rawAndRolledUp(check: () => Promise<void>): Promise<void> {
    await check();
    await this.rollups.service.rollUp();
    await check();
  }
}

export interface Job {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly event_type: 'ml_job';
  readonly occurred_at: string;
  readonly pipeline: string;
  readonly provider: string;
  readonly status: string;
  readonly duration_ms: number;
  readonly model?: string;
  readonly stage?: string;
  readonly error_code?: string;
  readonly cost_usd?: number;
  readonly input_units?: number;
  readonly output_units?: number;
  readonly [column: string]: unknown;
}

export function job(occurredAt: string, fields: Partial<Job> = {}): Job {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'ml_job',
    occurred_at: occurredAt,
    pipeline: '3d',
    provider: 'tripo',
    status: 'succeeded',
    duration_ms: 1_000,
    ...fields,
  };
}

export function price(fields: Partial<PriceDto>): PriceDto {
  return { provider: 'tripo', model: '*', valid_from: '2026-01-01T00:00:00Z', ...fields };
}
