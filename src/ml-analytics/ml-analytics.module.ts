import { Module } from '@nestjs/common';
import { JobFiguresReader } from './job-figures.reader.js';
import { MlAnalyticsController } from './ml-analytics.controller.js';
import { MlFrame } from './ml-frame.js';
import { MlOverviewService } from './ml-overview.service.js';
import { MlPipelineService } from './ml-pipeline.service.js';
import { MlProvidersService } from './ml-providers.service.js';
import { ProviderFigures } from './provider-figures.js';
import { CostEstimates } from './pricing/cost-estimates.js';
import { PricingController } from './pricing/pricing.controller.js';
import { PricingRepository } from './pricing/pricing.repository.js';
import { PricingService } from './pricing/pricing.service.js';

@Module({
  controllers: [MlAnalyticsController, PricingController],
  providers: [
    CostEstimates,
    JobFiguresReader,
    MlFrame,
    MlOverviewService,
    MlPipelineService,
    MlProvidersService,
    PricingRepository,
    PricingService,
    ProviderFigures,
  ],
  exports: [MlOverviewService],
})
export class MlAnalyticsModule {}
