import { Module } from '@nestjs/common';
import { BusinessController } from './business.controller.js';
import { BusinessFrame } from './business-frame.js';
import { SalesOverviewService } from './sales-overview.service.js';
import { SalesSeriesService } from './sales-series.service.js';

@Module({
  controllers: [BusinessController],
  providers: [BusinessFrame, SalesOverviewService, SalesSeriesService],
  exports: [SalesOverviewService],
})
export class BusinessModule {}
