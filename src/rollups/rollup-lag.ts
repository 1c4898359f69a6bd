import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { makeCollectedGaugeProvider } from '../platform/telemetry/index.js';
import { Clock } from '../platform/clock/index.js';
import { MarkRepository } from './store/mark.repository.js';

/** How far the rollups are behind the events. */
@Injectable()
export class RollupLag {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly marks: MarkRepository,
  ) {}

  /** Seconds since the oldest mark of a bucket that is closed was written, by family that has one. */
  async seconds(): Promise<ReadonlyMap<string, number>> {
    const now = this.clock.now();
    const oldest = await this.marks.oldestClosed(this.dataSource.manager, now);
    return new Map(
      [...oldest].map(([family, since]) => [family, Math.max(0, (now.getTime() - since.getTime()) / 1_000)]),
    );
  }
}

export const rollupLagProvider = makeCollectedGaugeProvider({
  name: 'rollup_lag_seconds',
  help: 'How long the oldest closed bucket of a family has been waiting to be rolled up. Absent when none waits.',
  labelNames: ['family'],
  source: RollupLag,
  async collect(gauge, lag) {
    for (const [family, seconds] of await lag.seconds()) gauge.set({ family }, seconds);
  },
});
