import { Injectable } from '@nestjs/common';
import { TimeFrame, type Bucket, type StepName, type TimeRange } from '../metrics/index.js';
import type { PriceTable } from './domain/price-table.js';
import type { MlQueryDto, MlTotalsQueryDto } from './dto/ml-query.dto.js';
import { PricingService } from './pricing/pricing.service.js';

/** What an ML request is about, made definite: times against the clock, and the prices that hold for all of it. */
export interface MlRequest {
  readonly now: Date;
  readonly range: TimeRange;
  readonly prices: PriceTable;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

export interface MlSeriesRequest extends MlRequest {
  readonly step: StepName;
  readonly buckets: readonly Bucket[];
}

@Injectable()
export class MlFrame {
  constructor(
    private readonly time: TimeFrame,
    private readonly pricing: PricingService,
  ) {}

  /** @throws InvalidInputError naming the parameter */
  async totals(query: MlTotalsQueryDto): Promise<MlRequest> {
    const now = this.time.now();
    const range = this.time.range(query, now);
    return { now, range, filters: filtersOf(query), prices: await this.pricing.table() };
  }

  /** @throws InvalidInputError naming the parameter */
  async series(query: MlQueryDto): Promise<MlSeriesRequest> {
    const request = await this.totals(query);
    const step = this.time.step(query.step, request.range, request.now);
    return { ...request, step, buckets: this.time.buckets(request.range, step, 'UTC', request.now) };
  }
}

function filtersOf({ provider, pipeline, model }: MlTotalsQueryDto): Record<string, string[]> {
  return {
    ...(provider && { provider }),
    ...(pipeline !== undefined && { pipeline: [pipeline] }),
    ...(model !== undefined && { model: [model] }),
  };
}
