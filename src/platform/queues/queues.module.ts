import { Logger, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AppConfig } from '../config/index.js';
import { RedisKeys } from '../redis/index.js';
import { PostgresBackend } from './backend/postgres-backend.js';
import { QueueBackend } from './backend/queue-backend.js';
import { RedisBackend } from './backend/redis-backend.js';
import type { JobDefinition } from './job.js';
import { jobMetricProviders, JobMetrics } from './job.metrics.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { ProcessorRegistry, QueueFeature } from './processor-registry.js';
import { queueDepthProvider } from './queue-depth.metrics.js';
import { QueueHealth } from './queue.health.js';
import { QueueReadiness } from './queue.readiness.js';
import { QUEUE_NAMES } from './queue-names.js';
import { hasWorkers, QueueWorkers } from './queue-workers.js';
import type { Schedule } from './schedule/schedule.js';
import { ScheduleTickRepository } from './schedule/schedule-tick.repository.js';
import { TickScheduler } from './schedule/tick-scheduler.js';
import { ThrottledErrorLog } from './throttled-error-log.js';

const PROVIDERS = [
  JobQueue,
  JobRunner,
  JobMetrics,
  ProcessorRegistry,
  QueueHealth,
  QueueReadiness,
  QueueWorkers,
  ScheduleTickRepository,
  TickScheduler,
  ...jobMetricProviders,
  queueDepthProvider,
];

/** What a feature has for the queues. */
export interface FeatureJobs {
  readonly jobs: readonly JobDefinition[];
  readonly schedules?: readonly Schedule[] | ((config: AppConfig) => readonly Schedule[]);
}

/**
 * Jobs and schedules, on PostgreSQL (the application's own) or, when configured, on Redis.
 *
 * `forRoot` once; every feature that has jobs lists them with `forFeature`, beside the providers that process them.
 */
@Module({})
export class QueuesModule {
  static forRoot(database: { readonly url: string }): DynamicModule {
    return {
      module: QueuesModule,
      global: true,
      imports: [DiscoveryModule, ScheduleModule.forRoot()],
      providers: [openBackend(database.url), ...PROVIDERS],
      exports: [JobQueue, ScheduleTickRepository],
    };
  }

  /**
   * Declares the jobs of a feature, and when they are due, which may depend on the configuration. Each job needs one
   * provider marked `@Processes(job)`.
   */
  static forFeature({ jobs, schedules = [] }: FeatureJobs): DynamicModule {
    const feature: FactoryProvider = {
      provide: Symbol('queue-feature'),
      inject: [AppConfig],
      useFactory: (config: AppConfig) =>
        new QueueFeature(jobs, typeof schedules === 'function' ? schedules(config) : schedules),
    };
    return { module: QueuesModule, providers: [feature] };
  }
}

/** Opened before anything that needs it is made, so before the first worker. */
function openBackend(databaseUrl: string): FactoryProvider<Promise<QueueBackend>> {
  return {
    provide: QueueBackend,
    inject: [AppConfig, RedisKeys],
    useFactory: async (config: AppConfig, keys: RedisKeys) => {
      const backend = createBackend(config, databaseUrl, keys);
      await backend.open();
      return backend;
    },
  };
}

function createBackend(config: AppConfig, databaseUrl: string, keys: RedisKeys): QueueBackend {
  const errors = new ThrottledErrorLog(new Logger('Queues'));
  if (config.redis.url) return new RedisBackend(config.redis.url, keys.prefixOf('queue'), errors);
  return new PostgresBackend(databaseUrl, hasWorkers(config) ? QUEUE_NAMES.length : 0, errors);
}
