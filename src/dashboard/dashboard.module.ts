import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/index.js';
import { BusinessModule } from '../business/index.js';
import { HealthAnalyticsModule } from '../health-analytics/index.js';
import { MlAnalyticsModule } from '../ml-analytics/index.js';
import { DashboardController } from './dashboard.controller.js';
import { dashboardMetricProviders, DashboardMetrics } from './dashboard.metrics.js';
import { DashboardService } from './dashboard.service.js';
import { SectionCache } from './section-cache.js';
import { SectionRefresh } from './section-refresh.js';
import { SectionSource } from './section-source.js';

@Module({
  imports: [HealthAnalyticsModule, MlAnalyticsModule, BusinessModule, AlertsModule],
  controllers: [DashboardController],
  providers: [
    DashboardMetrics,
    DashboardService,
    SectionCache,
    SectionRefresh,
    SectionSource,
    ...dashboardMetricProviders,
  ],
})
export class DashboardModule {}
