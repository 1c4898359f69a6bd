import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Decimal, Estimates, type EstimateSource, type EstimateTable } from '../../metrics/index.js';
import { estimate } from '../domain/job-costs.js';
import type { PriceTable } from '../domain/price-table.js';
import { PricingService } from './pricing.service.js';

const MEASURE = 'estimated_cost_usd';
const NOTHING = new Decimal(0);

/** Lets metrics, and so rules and previews, count what jobs cost that did not report it. */
@Injectable()
export class CostEstimates implements EstimateSource, OnModuleInit {
  constructor(
    private readonly pricing: PricingService,
    private readonly estimates: Estimates,
  ) {}

  onModuleInit(): void {
    this.estimates.register(MEASURE, this);
  }

  async table(): Promise<EstimateTable> {
    return new PricedSums(await this.pricing.table());
  }
}

class PricedSums implements EstimateTable {
  constructor(private readonly prices: PriceTable) {}

  changesWithin(range: { readonly from: Date; readonly to: Date }): readonly Date[] {
    return this.prices.changesWithin(range);
  }

  estimate(sums: Readonly<Record<string, Decimal>>, dimensions: Readonly<Record<string, string>>, at: Date): Decimal {
    const price = this.prices.priceOf(dimensions['provider'] ?? '', dimensions['model'] ?? '', at);
    if (!price) return NOTHING;
    const unpriced = {
      unpricedJobs: sums['unpriced_jobs'] ?? NOTHING,
      unpricedSeconds: sums['unpriced_seconds'] ?? NOTHING,
      unpricedInputUnits: sums['unpriced_input_units'] ?? NOTHING,
      unpricedOutputUnits: sums['unpriced_output_units'] ?? NOTHING,
    };
    return estimate(unpriced, price);
  }
}
