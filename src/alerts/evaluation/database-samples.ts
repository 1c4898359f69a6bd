import { Injectable } from '@nestjs/common';
import type { Sample } from '../../metrics/index.js';
import { DatabasePools, QueryLatency } from '../../platform/database/index.js';

/** How busy the database keeps the process that runs the tick. */
@Injectable()
export class DatabaseSamples {
  constructor(
    private readonly pools: DatabasePools,
    private readonly latency: QueryLatency,
  ) {}

  take(at: Date): Sample[] {
    const connections = this.pools.usage().map(({ pool, total, idle, max }) => ({
      family: 'database_pools',
      at,
      dimensions: { pool },
      value: (total - idle) / max,
    }));
    const { p95 } = this.latency.percentiles();
    const queries = p95 === null ? [] : [{ family: 'database_queries', at, dimensions: {}, value: p95 }];
    return [...connections, ...queries];
  }
}
