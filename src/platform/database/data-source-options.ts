import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { connectionSettings } from './pools.js';
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
    extra: connectionSettings('analytics'),
  };
}
