import { DataSource } from 'typeorm';
import { jobsDataSourceOptions, PartitionKeeper } from '../../platform/database/index.js';
import { RollupDatabase } from './rollup-database.js';

/** What a command works on that runs beside the service. */
export interface OpenRollupDatabase {
  readonly database: RollupDatabase;
  readonly partitions: PartitionKeeper;
  /** False on a database that the service has not set up yet. */
  readonly isSetUp: boolean;
  readonly close: () => Promise<void>;
}

export async function openRollupDatabase(url: string): Promise<OpenRollupDatabase> {
  const dataSource = await new DataSource(jobsDataSourceOptions(url)).initialize();
  const [row] = await dataSource.query<{ found: boolean }[]>(
    `SELECT to_regclass('analytics_rollups') IS NOT NULL AS found`,
  );
  return {
    database: new RollupDatabase(dataSource),
    partitions: new PartitionKeeper(dataSource),
    isSetUp: row?.found === true,
    close: () => dataSource.destroy(),
  };
}
