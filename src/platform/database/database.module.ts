import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { Logger } from '../logging/index.js';
import { AdvisoryLock } from './advisory-lock.js';
import { ClockSync } from './clock-sync.js';
import { dataSourceOptions, jobsDataSourceOptions } from './data-source-options.js';
import { DatabaseErrors } from './database-errors.js';
import type { DatabaseHandle } from './database-handle.js';
import { PartitionKeeper } from './partition-keeper.js';
import { DatabaseHealth } from './database.health.js';
import { DatabaseReadiness } from './database.readiness.js';
import { DatabasePools } from './pool-usage.js';
import { createPool } from './pools.js';
import { QueryLatency, queryLatency } from './query-latency.js';
import { WriteProbe } from './write-probe.js';
import { WRITER_POOL } from './writer-pool.js';

/** Injection token of the {@link DatabaseHandle}. */
export const DATABASE_HANDLE = Symbol('DATABASE_HANDLE');

/** Gives every room the `DataSource` (reads), `WRITER_POOL`, `AdvisoryLock` and `PartitionKeeper`. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(WRITER_POOL) private readonly writers: Pool) {}

  static forRoot(handle: DatabaseHandle): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        // openDatabase() has just used this database: if it is not there now, starting again is the better answer.
        TypeOrmModule.forRoot({ ...dataSourceOptions(handle.url, handle.poolSize), retryAttempts: 2, retryDelay: 500 }),
        TypeOrmModule.forRoot({ ...jobsDataSourceOptions(handle.url), retryAttempts: 2, retryDelay: 500 }),
      ],
      providers: [
        { provide: DATABASE_HANDLE, useValue: handle },
        {
          provide: WRITER_POOL,
          inject: [Logger],
          // Kept open: the first batch after a pause should not wait for a connection.
          useFactory: (log: Logger) =>
            createPool(handle.url, handle.writerPoolSize, 'analytics writer', log, { idleTimeoutMillis: 0 }),
        },
        AdvisoryLock,
        ClockSync,
        DatabaseErrors,
        DatabasePools,
        DatabaseHealth,
        DatabaseReadiness,
        WriteProbe,
        PartitionKeeper,
        { provide: QueryLatency, useValue: queryLatency },
      ],
      exports: [DATABASE_HANDLE, WRITER_POOL, AdvisoryLock, ClockSync, DatabasePools, PartitionKeeper, QueryLatency],
    };
  }

  /** The last hook of all: whoever still has something to write does it in an earlier one. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.writers.ended) await this.writers.end();
  }
}
