import { join } from 'node:path';

/** Where the embedded database keeps what, under `DATA_DIR`. */
export interface ClusterPaths {
  readonly dataDir: string;
  /** Made whole under another name and then renamed, so it is either complete or not there. */
  readonly cluster: string;
  /** PostgreSQL's own data directory. */
  readonly data: string;
  readonly password: string;
  /** The port of the last start, tried first at the next one. */
  readonly port: string;
  readonly logs: string;
  /** What the server says before its log collector runs. Emptied at every start. */
  readonly startLog: string;
}

export function clusterPaths(dataDir: string): ClusterPaths {
  return { dataDir, ...insideCluster(join(dataDir, 'postgres')), ...insideLogs(join(dataDir, 'logs')) };
}

/** The same files, for a cluster that is still being made at `cluster`. */
export function insideCluster(cluster: string): Pick<ClusterPaths, 'cluster' | 'data' | 'password' | 'port'> {
  return { cluster, data: join(cluster, 'data'), password: join(cluster, 'password'), port: join(cluster, 'port') };
}

function insideLogs(logs: string): Pick<ClusterPaths, 'logs' | 'startLog'> {
  return { logs: join(logs, 'postgres'), startLog: join(logs, 'postgres-start.log') };
}
