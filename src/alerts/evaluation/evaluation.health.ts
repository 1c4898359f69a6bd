import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { ClockSync, type ClockSkew } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { ComponentHealth, type ComponentState } from '../../platform/probes/index.js';
import { evaluationReport } from '../domain/evaluation-report.js';
import { EvaluationLog } from './evaluation-log.service.js';

/** A clock that is wrong is recorded this often, so that it shows as long as it is. */
const RECORD_SKEW_EVERY_MS = 60_000;

/** Shows in `/health/overview` whether rules are evaluated in time, and processes whose clocks are wrong. */
@Injectable()
export class EvaluationHealth implements OnModuleInit {
  private readonly startedAt: Date;
  private skewRecordedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly evaluations: EvaluationLog,
    private readonly health: ComponentHealth,
    private readonly clocks: ClockSync,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.startedAt = clock.now();
  }

  onModuleInit(): void {
    this.health.register({ name: 'alerts', check: () => this.check() });
    this.clocks.onSkew((skew) => this.recordSkew(skew));
  }

  private async check(): Promise<ComponentState> {
    return evaluationReport(await this.evaluations.status(this.clock.now()), this.startedAt);
  }

  /** Never rejects. */
  private async recordSkew({ process, skewMs }: ClockSkew): Promise<void> {
    if (performance.now() - this.skewRecordedMs < RECORD_SKEW_EVERY_MS) return;
    this.skewRecordedMs = performance.now();
    const now = this.clock.now();
    try {
      await this.evaluations.record({ kind: 'clock_skew', tick: now, process, skewSeconds: skewMs / 1_000 }, now);
    } catch (error) {
      this.log.warn('Failed to record that the clock of this process is wrong.', { err: error });
    }
  }
}
