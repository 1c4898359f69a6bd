import type { Logger } from '../../logging/index.js';
import type { PostgresBinaries } from './binaries.js';
import type { ClusterPaths } from './cluster-paths.js';
import type { Launcher } from './launcher.js';
import type { ServerAccount } from './server-account.js';
import type { ServerSettings } from './server-settings.js';

/** Everything that starting, watching and stopping one embedded server needs to know. */
export interface ServerContext {
  readonly paths: ClusterPaths;
  readonly binaries: PostgresBinaries;
  readonly launcher: Launcher;
  readonly account: ServerAccount | undefined;
  readonly settings: ServerSettings;
  readonly log: Logger;
}
