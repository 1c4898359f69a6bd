import { Catalogue, FAMILIES, RetentionPolicy, RollupStateRepository } from '../../metrics/index.js';
import { CommandError } from '../../platform/cli/index.js';
import { SystemClock } from '../../platform/clock/index.js';
import type { AppConfig } from '../../platform/config/index.js';
import { embeddedDatabaseUrl, isConnectionFailure } from '../../platform/database/index.js';
import { RollUpWrites } from '../roll-up-writes.js';
import { DimensionValueRepository } from '../store/dimension-value.repository.js';
import { MarkRepository } from '../store/mark.repository.js';
import { openRollupDatabase, type OpenRollupDatabase } from '../store/open-rollup-database.js';
import { MinuteRetentionRepository } from '../store/minute-retention.repository.js';
import { RebuildRepository } from '../store/rebuild.repository.js';
import { RebuildService } from './rebuild.service.js';

export interface OpenRebuild {
  readonly service: RebuildService;
  /** The first UTC day of which there are raw events; undefined when there are none. */
  readonly firstRawDay: string | undefined;
  close(): Promise<void>;
}

const REMEDY = 'Start the service (npm start), or set DATABASE_URL to the database that it uses.';

/** Connects to the database that the service runs on. @throws CommandError when there is none, saying what to do */
export async function openRebuild(config: AppConfig): Promise<OpenRebuild> {
  const { database, partitions, close } = await connect(config);
  const clock = new SystemClock();
  const policy = new RetentionPolicy(clock, config);
  const writes = new RollUpWrites(
    clock,
    policy,
    new MarkRepository(),
    new DimensionValueRepository(),
    new MinuteRetentionRepository(),
  );
  const catalogue = new Catalogue(FAMILIES, []);
  const [firstRawDay] = [...(await partitions.list())].sort();
  return {
    service: new RebuildService(database, catalogue, new RollupStateRepository(), writes, new RebuildRepository()),
    firstRawDay,
    close,
  };
}

async function connect({ database: { url, dataDir } }: AppConfig): Promise<OpenRollupDatabase> {
  const known = url ?? (await embeddedDatabaseUrl(dataDir));
  if (known === undefined) throw new CommandError(`There is no database in DATA_DIR ${dataDir}. ${REMEDY}`);
  const opened = await openRollupDatabase(known).catch((error: unknown) => {
    if (!isConnectionFailure(error)) throw error;
    throw new CommandError(`The database does not answer. ${REMEDY}`, undefined, { cause: error });
  });
  if (opened.isSetUp) return opened;
  await opened.close();
  throw new CommandError('The database has no rollups yet: start the service once, it sets them up.');
}
