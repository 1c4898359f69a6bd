import { DataSource } from 'typeorm';
import { loadConfig, readEnvironment } from './src/platform/config/index.js';
import { dataSourceOptions, embeddedDatabaseUrl } from './src/platform/database/index.js';

/**
 * The one DataSource of the TypeORM command line, e.g. `npm run build && npx typeorm -d dist/ormconfig.js migration:show`.
 * It uses DATABASE_URL, or the embedded database of DATA_DIR, which runs as long as the app does.
 */
const { url, dataDir, poolSize } = loadConfig(readEnvironment()).database;
const reachable = url ?? (await embeddedDatabaseUrl(dataDir));
if (reachable === undefined) {
  throw new Error(`There is no database yet: set DATABASE_URL, or start the app, which makes one in ${dataDir}.`);
}

export default new DataSource(dataSourceOptions(reachable, poolSize));
