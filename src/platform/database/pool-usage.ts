import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { WRITER_POOL } from './writer-pool.js';

/** Connections of one pool, in numbers. `waiting` counts those who want a connection and have none yet. */
export interface PoolUsage {
  readonly pool: 'read' | 'writer';
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** How busy the connection pools of this process are. */
@Injectable()
export class DatabasePools {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(WRITER_POOL) private readonly writers: Pool,
  ) {}

  usage(): PoolUsage[] {
    // TypeORM does not tell of its pool; `master` is the pg.Pool of every PostgreSQL data source without replication.
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return [usageOf('read', master), usageOf('writer', this.writers)];
  }
}

function usageOf(pool: PoolUsage['pool'], { totalCount, idleCount, waitingCount, options }: Pool): PoolUsage {
  return { pool, total: totalCount, idle: idleCount, waiting: waitingCount, max: options.max };
}
