import { Injectable } from '@nestjs/common';
import { makeCollectedGaugeProvider } from '../platform/telemetry/index.js';
import { Clock } from '../platform/clock/index.js';
import { MarkRepository } from './store/mark.repository.js';
import { RollupDatabase } from './store/rollup-database.js';

/** How far the rollups are behind the events. */
@Injectable()
export class RollupLag {
  constructor(
    private readonly database: RollupDatabase,
    private readonly clock: Clock,
    private readonly marks: MarkRepository,
  ) {}

  /** How many seconds the oldest closed minute has been waiting, by family that has one. */
  seconds(): Promise<ReadonlyMap<string, number>> {
    return this.marks.waiting(this.database.single, this.clock.now());
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
