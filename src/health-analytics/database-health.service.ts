import { Injectable } from '@nestjs/common';
import { readMeta } from '../metrics/index.js';
import { DatabasePools, QueryLatency, type PoolUsage } from '../platform/database/index.js';
import { ComponentHealth } from '../platform/probes/index.js';
import { DatabaseWatch, type DatabaseView } from './database-watch.js';
import type { DatabaseHealthDto, StatementDto } from './dto/database.dto.js';
import { HealthFrame } from './health-frame.js';
import type { DatabaseActivity, StatementStatistics } from './store/database-statistics.repository.js';

/** Bounds of the histogram of our own statements are 5 % apart. */
const PERCENTILE_ERROR = 0.05;

/** The database as this process meets it, and as it tells of itself. */
@Injectable()
export class DatabaseHealthService {
  constructor(
    private readonly frame: HealthFrame,
    private readonly watch: DatabaseWatch,
    private readonly pools: DatabasePools,
    private readonly latency: QueryLatency,
    private readonly health: ComponentHealth,
  ) {}

  async database(): Promise<DatabaseHealthDto> {
    const { now, range } = this.frame.live(this.frame.now());
    // Before the looks at it, which themselves take connections.
    const pool = totalOf(this.pools.usage());
    const [view, states] = await Promise.all([this.watch.look(), this.health.states()]);
    const { activity, sizes, statements } = view;
    return {
      status: statusOf(states['database']?.status),
      pool,
      query_latency_ms: this.latency.percentiles(),
      connections: activity?.connections ?? { active: null, idle: null, max: null },
      cache_hit_ratio: cacheHitRatio(activity),
      transactions_per_second: view.transactionsPerSecond,
      deadlocks: activity?.deadlocks ?? null,
      size_bytes: sizes?.sizeBytes ?? null,
      largest_tables: (sizes?.largestTables ?? []).map(({ name, bytes, rowsEstimate }) => ({
        name,
        bytes,
        rows_estimate: rowsEstimate,
      })),
      ...(statements && { statements: statements.map(toStatement) }),
      meta: { ...readMeta({ range, now, provenance: provenanceOf(view) }), percentile_error: PERCENTILE_ERROR },
    };
  }
}

function statusOf(status: string | undefined): DatabaseHealthDto['status'] {
  return status === 'down' || status === 'degraded' ? status : 'healthy';
}

function provenanceOf({ stale }: DatabaseView): { source: 'raw'; stale: boolean; distinctExact: boolean } {
  return { source: 'raw', stale, distinctExact: true };
}

function totalOf(usages: readonly PoolUsage[]): DatabaseHealthDto['pool'] {
  const sum = (key: 'total' | 'idle' | 'waiting' | 'max'): number =>
    usages.reduce((total, usage) => total + usage[key], 0);
  return { total: sum('total'), idle: sum('idle'), waiting: sum('waiting'), max: sum('max') };
}

function cacheHitRatio(activity: DatabaseActivity | undefined): number | null {
  const blocks = activity ? activity.blocksHit + activity.blocksRead : 0;
  return activity && blocks > 0 ? activity.blocksHit / blocks : null;
}

function toStatement({ queryId, kind, calls, meanMs, totalMs }: StatementStatistics): StatementDto {
  return { query_id: queryId, kind, calls, mean_ms: meanMs, total_ms: totalMs };
}
