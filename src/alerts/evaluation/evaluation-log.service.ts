import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import type { EvaluationIncident, EvaluationStatus } from '../domain/evaluation-report.js';
import { AlertDatabase } from '../store/alert-database.js';
import { EvaluationIncidentRepository } from '../store/evaluation-incident.repository.js';
import { TickRepository } from '../store/tick.repository.js';

/** How evaluations go, over all processes: read from the database, so every process tells the same. */
@Injectable()
export class EvaluationLog {
  private readonly intervalMs: number;

  constructor(
    private readonly incidents: EvaluationIncidentRepository,
    private readonly ticks: TickRepository,
    private readonly database: AlertDatabase,
    config: AppConfig,
  ) {
    this.intervalMs = config.alerts.evaluationIntervalSeconds * 1_000;
  }

  async status(now: Date): Promise<EvaluationStatus> {
    const [last, incidents] = await Promise.all([
      this.ticks.last(this.database.single),
      this.incidents.recent(this.database.single, now),
    ]);
    const lastTick = Number.isFinite(last) ? new Date(last) : undefined;
    return { now, intervalMs: this.intervalMs, lastTick, incidents };
  }

  async record(incident: EvaluationIncident, now: Date): Promise<void> {
    await this.incidents.record(this.database.single, [incident], now);
  }
}
