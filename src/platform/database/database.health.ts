import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/index.js';
import { ComponentHealth, type ComponentState } from '../probes/index.js';
import { WriteProbe } from './write-probe.js';
import { DatabasePools, type PoolUsage } from './pool-usage.js';

/** Shows the database in `/health/overview`: whether it takes writes, how fast it answers, and how much of each pool is in use. */
@Injectable()
export class DatabaseHealth implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: WriteProbe,
    private readonly pools: DatabasePools,
    private readonly health: ComponentHealth,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'database', check: () => this.check() });
  }

  private async check(): Promise<ComponentState> {
    const { degradedResponseMs, degradedPoolUtilization } = this.config.health;
    // Before the look, which itself takes a connection.
    const busiest = this.pools.usage().sort((left, right) => poolUtilization(right) - poolUtilization(left))[0]!;
    const startedAt = performance.now();
    await this.dataSource.query('SELECT 1');
    const ms = Math.round(performance.now() - startedAt);
    const refusal = await this.writes.refusal();
    if (refusal !== undefined) return { status: 'down', detail: `It answers, and refuses writes: ${refusal}.` };
    const share = poolUtilization(busiest);
    const isBusy = share >= degradedPoolUtilization || busiest.waiting > 0;
    return {
      status: isBusy || ms > degradedResponseMs ? 'degraded' : 'healthy',
      detail:
        `It answered in ${ms} ms (limit ${degradedResponseMs} ms); ${Math.round(share * 100)} % of the ${busiest.pool} pool ` +
        `is in use (limit ${Math.round(degradedPoolUtilization * 100)} %), ${busiest.waiting} waiting.`,
    };
  }
}

/** Connections in use, of those the pool may have: 0..1. */
function poolUtilization({ total, idle, max }: PoolUsage): number {
  return (total - idle) / max;
}
