import { Module } from '@nestjs/common';
import { BusinessController } from './business.controller.js';
import { BusinessFrame } from './business-frame.js';
import { CollectionsService } from './collections.service.js';
import { FunnelService } from './funnel.service.js';
import { ProductsService } from './products.service.js';
import { SalesOverviewService } from './sales-overview.service.js';
import { SalesSeriesService } from './sales-series.service.js';

@Module({
  controllers: [BusinessController],
  providers: [
    BusinessFrame,
    SalesOverviewService,
    SalesSeriesService,
    ProductsService,
    CollectionsService,
    FunnelService,
  ],
  exports: [SalesOverviewService],
})
export class BusinessModule {}
