import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { connectionSettings, REQUEST_POOL_WAIT_MS, SESSION_OPTIONS } from './pools.js';
import { entities } from './schema/index.js';
import { SnakeNamingStrategy } from './snake-naming.strategy.js';

/** The one set of TypeORM options: of the app, of migrations and of the TypeORM command line (`ormconfig.ts`). */
export function dataSourceOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeNamingStrategy(),
    // Everything that needs an extension is done without; creating one would need more rights than the service has.
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    synchronize: false,
    logging: false,
    extra: connectionSettings('analytics', REQUEST_POOL_WAIT_MS),
  };
}

/** Name of the DataSource of background jobs: rollups and retention have statements that no request would wait for. */
export const JOBS_DATA_SOURCE = 'jobs';

const JOBS_POOL_SIZE = 3;
const JOB_STATEMENT_TIMEOUT_MS = 600_000;

/** Few connections of their own, so that jobs and requests never wait for each other's. */
export function jobsDataSourceOptions(url: string): DataSourceOptions & { readonly name: string } {
  return {
    ...dataSourceOptions(url, JOBS_POOL_SIZE),
    name: JOBS_DATA_SOURCE,
    entities: [],
    migrations: [],
    extra: {
      ...connectionSettings('analytics jobs'),
      statement_timeout: JOB_STATEMENT_TIMEOUT_MS,
      query_timeout: JOB_STATEMENT_TIMEOUT_MS + 5_000,
      // A batch of half a million events is hashed in memory instead of on disk.
      options: `${SESSION_OPTIONS} -c work_mem=64MB`,
    },
  };
}
