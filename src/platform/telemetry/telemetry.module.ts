import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register } from 'prom-client';
import { databasePoolProvider } from './database-pool.metrics.js';
import { QueryMetrics, queryMetricProviders } from './query.metrics.js';
import { LogHealth, lostLinesProvider } from './log.health.js';
import { HttpMetrics, httpMetricProviders } from './http.metrics.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';
import { MetricsController } from './metrics.controller.js';

/** The default metrics belong to the process: a second application in it (a test) must not register them again. */
const PROCESS_METRIC = 'process_cpu_user_seconds_total';

/** `/metrics`: this process (CPU, memory, event loop lag), its requests, and what other rooms register. */
@Module({
  imports: [
    PrometheusModule.register({
      path: '/metrics',
      controller: MetricsController,
      defaultMetrics: { enabled: register.getSingleMetric(PROCESS_METRIC) === undefined },
    }),
  ],
  providers: [
    ...httpMetricProviders,
    databasePoolProvider,
    ...queryMetricProviders,
    lostLinesProvider,
    HttpMetrics,
    LogHealth,
    QueryMetrics,
    MetricsAccessGuard,
  ],
  exports: [MetricsAccessGuard],
})
export class TelemetryModule {}
