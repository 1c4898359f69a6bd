import { Module } from '@nestjs/common';
import { PrometheusModule } from '../prometheus/index.js';
import { DatabaseHealthService } from './database-health.service.js';
import { DatabaseWatch } from './database-watch.js';
import { HealthEndpointsService } from './health-endpoints.service.js';
import { HealthFrame } from './health-frame.js';
import { HealthOverviewService } from './health-overview.service.js';
import { HealthSeriesService } from './health-series.service.js';
import { HealthController } from './health.controller.js';
import { LiveWindowReader } from './live-window.reader.js';
import { RequestsReader } from './requests.reader.js';
import { DatabaseStatisticsRepository } from './store/database-statistics.repository.js';
import { StoredEvents } from './stored-events.js';

@Module({
  imports: [PrometheusModule],
  controllers: [HealthController],
  providers: [
    DatabaseHealthService,
    DatabaseStatisticsRepository,
    DatabaseWatch,
    HealthEndpointsService,
    HealthFrame,
    HealthOverviewService,
    HealthSeriesService,
    LiveWindowReader,
    RequestsReader,
    StoredEvents,
  ],
  exports: [HealthOverviewService],
})
export class HealthAnalyticsModule {}
