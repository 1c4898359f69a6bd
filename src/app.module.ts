import { Module, type DynamicModule } from '@nestjs/common';
import { AlertsModule } from './alerts/index.js';
import { BusinessModule } from './business/index.js';
import { CollectorModule } from './collector/index.js';
import { DashboardModule } from './dashboard/index.js';
import { HealthAnalyticsModule } from './health-analytics/index.js';
import { HousekeepingModule } from './housekeeping/index.js';
import { MetricsModule } from './metrics/index.js';
import { MlAnalyticsModule } from './ml-analytics/index.js';
import { NotificationsModule } from './notifications/index.js';
import { AuthModule } from './platform/auth/index.js';
import { CacheModule } from './platform/cache/index.js';
import { ClockModule } from './platform/clock/index.js';
import { ConfigModule, type AppConfig } from './platform/config/index.js';
import { DatabaseModule, type DatabaseHandle } from './platform/database/index.js';
import { HttpModule } from './platform/http/index.js';
import { LoggingModule, type Logger } from './platform/logging/index.js';
import { ProbesModule } from './platform/probes/index.js';
import { QueueBoardModule } from './platform/queue-board/index.js';
import { QueuesModule } from './platform/queues/index.js';
import { RedisModule } from './platform/redis/index.js';
import { TelemetryModule } from './platform/telemetry/index.js';
import { RollupsModule } from './rollups/index.js';

export interface AppParts {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly database: DatabaseHandle;
}

/** The list of modules, nothing else. */
@Module({})
export class AppModule {
  static forRoot({ config, logger, database }: AppParts): DynamicModule {
    const platform = [
      ConfigModule.forRoot(config),
      LoggingModule.forRoot(logger),
      ClockModule,
      ProbesModule,
      DatabaseModule.forRoot(database),
      RedisModule.forRoot(config.redis, database),
      QueuesModule.forRoot(database),
      CacheModule,
      AuthModule,
      HttpModule,
      QueueBoardModule,
      TelemetryModule,
    ];
    const features = [
      MetricsModule,
      CollectorModule,
      HousekeepingModule,
      RollupsModule,
      BusinessModule,
      MlAnalyticsModule,
      HealthAnalyticsModule,
      NotificationsModule,
      AlertsModule,
      DashboardModule,
    ];
    return { module: AppModule, imports: [...platform, ...features] };
  }
}
