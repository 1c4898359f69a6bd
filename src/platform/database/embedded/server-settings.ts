import type { ClusterPaths } from './cluster-paths.js';
import { clusterName } from './server-identity.js';

export type ServerSettings = Readonly<Record<string, string | number>>;

/** Sized for steady ingestion on a small machine. Durability is as PostgreSQL ships it: `fsync`, `synchronous_commit`. */
const INGEST: ServerSettings = {
  max_connections: 100,
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  // A query over two years of daily partitions locks each of them and their indexes.
  max_locks_per_transaction: 256,
  // Compiling costs more than it saves at these query sizes.
  jit: 'off',
};

const SAFETY: ServerSettings = {
  // When the app is killed, its queries end as well, and do not keep the next start waiting.
  client_connection_check_interval: '2s',
  // A crash of one connection must not need somebody to start the server again.
  restart_after_crash: 'on',
};

const LOG: ServerSettings = {
  logging_collector: 'on',
  log_filename: 'postgres-%Y%m%d-%H%M%S.log',
  // Together with `pruneLogs` this bounds the folder.
  log_rotation_size: '10MB',
  log_rotation_age: '1d',
  log_file_mode: '0600',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // Statements and details hold what senders sent; the lines would be personal data, and many.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** The command-line arguments that configure the server. Kept out of `postgresql.conf`, so that they follow the code. */
export function serverArguments(paths: ClusterPaths, port: number, further: ServerSettings): string[] {
  const settings: ServerSettings = {
    ...INGEST,
    ...SAFETY,
    ...LOG,
    ...further,
    cluster_name: clusterName(paths.data),
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    log_directory: paths.logs,
  };
  return ['-D', paths.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
