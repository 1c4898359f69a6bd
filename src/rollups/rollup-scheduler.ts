import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { RollUpService, type RollUpOutcome } from './roll-up.service.js';
import { RollupMetrics } from './rollups.metrics.js';

/**
 * Runs the rollup whenever a tick asks for it: never twice at once in one process (the family locks keep processes
 * apart), measured, and stopped between two transactions at shutdown.
 */
@Injectable()
export class RollupScheduler implements OnApplicationShutdown {
  private running: Promise<RollUpOutcome> | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly service: RollUpService,
    private readonly metrics: RollupMetrics,
    private readonly clock: Clock,
  ) {}

  /** Joins the run that is under way, if there is one. */
  rollUp(): Promise<RollUpOutcome> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running?.catch(() => undefined);
  }

  private async run(): Promise<RollUpOutcome> {
    const started = this.clock.now().getTime();
    const outcome = await this.service.rollUp({
      signal: this.stopping.signal,
      onStep: (step) => this.metrics.stepped(step),
    });
    this.metrics.ran((this.clock.now().getTime() - started) / 1_000);
    return outcome;
  }
}
