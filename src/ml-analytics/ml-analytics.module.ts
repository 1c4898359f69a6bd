import { Module } from '@nestjs/common';
import { MlAnalyticsController } from './ml-analytics.controller.js';
import { MlOverviewService } from './ml-overview.service.js';

@Module({ controllers: [MlAnalyticsController], providers: [MlOverviewService], exports: [MlOverviewService] })
export class MlAnalyticsModule {}
