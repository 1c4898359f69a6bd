import { Injectable } from '@nestjs/common';
import { Clock, isInFuture } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { AlertDatabase } from '../store/alert-database.js';
import { TickRepository } from '../store/tick.repository.js';
import { AlertEvaluationEngine, type TickOutcome } from './alert-evaluation-engine.service.js';
import { SelfSampling } from './self-sampling.service.js';

/**
 * Decides which tick is evaluated when the job of one comes. A job that comes late stands for the newest tick that is due:
 * those that an overrun left behind are skipped, and counted, instead of being worked through one by one.
 */
@Injectable()
export class EvaluationTicks {
  private readonly intervalMs: number;

  constructor(
    private readonly engine: AlertEvaluationEngine,
    private readonly sampling: SelfSampling,
    private readonly ticks: TickRepository,
    private readonly database: AlertDatabase,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.intervalMs = config.alerts.evaluationIntervalSeconds * 1_000;
  }

  /** Undefined: the tick that is due took effect already. */
  async run(scheduled: Date): Promise<TickOutcome | undefined> {
    const now = this.clock.now();
    const due = Math.floor(now.getTime() / this.intervalMs) * this.intervalMs;
    const at = isInFuture(scheduled, now) ? due : Math.max(scheduled.getTime(), due);
    const last = await this.ticks.last(this.database.single);
    if (last >= at && !isInFuture(new Date(last), now)) return undefined;
    await this.sampling.sample(new Date(at));
    return this.engine.evaluate(new Date(at));
  }
}
