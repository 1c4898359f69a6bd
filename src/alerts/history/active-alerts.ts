import { Injectable } from '@nestjs/common';
import type { Severity } from '../domain/alert-config.js';
import type { AlertDto } from '../dto/alert.dto.js';
import { AlertRepository } from '../store/alert.repository.js';
import { AlertHistoryService } from './alert-history.service.js';

const NEWEST = 10;

/** `active_alerts` of the dashboard. */
export interface ActiveAlertsSummary {
  /** Alerts that nobody acknowledged yet: those of `/alerts/active`. */
  readonly total: number;
  readonly by_severity: Readonly<Record<Severity, number>>;
  /** The 10 newest. */
  readonly items: AlertDto[];
}

@Injectable()
export class ActiveAlerts {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly history: AlertHistoryService,
  ) {}

  async summary(): Promise<ActiveAlertsSummary> {
    const [{ info = 0, warning = 0, critical = 0 }, items] = await Promise.all([
      this.alerts.unacknowledged(),
      this.history.active('firing', NEWEST, { scope: 'all' }),
    ]);
    return { total: info + warning + critical, by_severity: { info, warning, critical }, items };
  }
}
