import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What PostgreSQL tells of the database, whoever uses it. */
export interface DatabaseActivity {
  readonly connections: { readonly active: number; readonly idle: number; readonly max: number };
  /** Blocks, since the statistics were reset. */
  readonly blocksHit: number;
  readonly blocksRead: number;
  /** Transactions, since the statistics were reset. */
  readonly transactions: number;
  readonly deadlocks: number;
}

export interface DatabaseSizes {
  readonly sizeBytes: number;
  readonly largestTables: readonly TableSize[];
}

export interface TableSize {
  readonly name: string;
  readonly bytes: number;
  /** As the planner knows it; null where nothing was analysed yet. */
  readonly rowsEstimate: number | null;
}

/** One of the statements that take the most time; its text stays in the database. */
export interface StatementStatistics {
  readonly queryId: string;
  readonly kind: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
}

/** Nobody waits longer for figures about a database that is busy with other things. */
const STATEMENT_TIMEOUT_MS = 1_000;
const MOST_TABLES = 10;
const MOST_STATEMENTS = 10;

const ACTIVITY = `
  SELECT (SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND state IN ('active', 'idle in transaction',
                 'idle in transaction (aborted)', 'fastpath function call'))::int AS active,
         (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle')::int AS idle,
         current_setting('max_connections')::int AS max,
         blks_hit::float8 AS hit, blks_read::float8 AS read, (xact_commit + xact_rollback)::float8 AS transactions,
         deadlocks::float8 AS deadlocks
    FROM pg_stat_database WHERE datname = current_database()`;

/** Partitions count as part of their table. */
const LARGEST_TABLES = `
  SELECT CASE WHEN space.nspname = 'public' THEN root.relname ELSE space.nspname || '.' || root.relname END AS name,
         sum(pg_total_relation_size(part.oid))::float8 AS bytes,
         (sum(part.reltuples) FILTER (WHERE part.reltuples >= 0))::float8 AS rows
    FROM pg_class part
    JOIN pg_class root ON root.oid = coalesce(pg_partition_root(part.oid), part.oid)
    JOIN pg_namespace space ON space.oid = root.relnamespace
   WHERE part.relkind IN ('r', 'm') AND space.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   GROUP BY space.nspname, root.relname
   ORDER BY bytes DESC, name LIMIT ${MOST_TABLES}`;

const STATEMENTS = `
  SELECT queryid::text AS id, upper(substring(query FROM '^\\s*([A-Za-z]+)')) AS kind, calls::float8 AS calls,
         mean_exec_time AS mean, total_exec_time AS total
    FROM pg_stat_statements
   WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
   ORDER BY total_exec_time DESC LIMIT ${MOST_STATEMENTS}`;

@Injectable()
export class DatabaseStatisticsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async activity(): Promise<DatabaseActivity> {
    const [row] = await this.query<ActivityRow>(ACTIVITY);
    if (!row) throw new Error('pg_stat_database does not have this database.');
    const { active, idle, max } = row;
    return {
      connections: { active, idle, max },
      blocksHit: row.hit,
      blocksRead: row.read,
      transactions: row.transactions,
      deadlocks: row.deadlocks,
    };
  }

  async sizes(): Promise<DatabaseSizes> {
    const [size] = await this.query<{ bytes: number }>('SELECT pg_database_size(current_database())::float8 AS bytes');
    const tables = await this.query<{ name: string; bytes: number; rows: number | null }>(LARGEST_TABLES);
    return {
      sizeBytes: size?.bytes ?? 0,
      largestTables: tables.map(({ name, bytes, rows }) => ({ name, bytes, rowsEstimate: rows })),
    };
  }

  /** Undefined where the extension `pg_stat_statements` is not there, or not loaded, or not for us to read. */
  async statements(): Promise<readonly StatementStatistics[] | undefined> {
    const [there] = await this.query<{ there: boolean }>(
      `SELECT to_regclass('pg_stat_statements') IS NOT NULL AS there`,
    );
    if (there?.there !== true) return undefined;
    try {
      const rows = await this.query<StatementRow>(STATEMENTS);
      return rows.map(({ id, kind, calls, mean, total }) => ({
        queryId: id,
        kind: kind ?? 'OTHER',
        calls,
        meanMs: mean,
        totalMs: total,
      }));
    } catch (error) {
      if (isUnusable(error)) return undefined;
      throw error;
    }
  }

  private async query<Row>(sql: string): Promise<Row[]> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
      return tx.query<Row[]>(sql);
    });
  }
}

interface ActivityRow {
  readonly active: number;
  readonly idle: number;
  readonly max: number;
  readonly hit: number;
  readonly read: number;
  readonly transactions: number;
  readonly deadlocks: number;
}

interface StatementRow {
  readonly id: string;
  readonly kind: string | null;
  readonly calls: number;
  readonly mean: number;
  readonly total: number;
}

/** Not loaded by the server (55000), or not for this user (42501), or of another shape (42703). */
function isUnusable(error: unknown): boolean {
  const { code } = (error as { driverError?: { code?: unknown } }).driverError ?? {};
  return code === '55000' || code === '42501' || code === '42703';
}
