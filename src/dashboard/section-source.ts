import { Injectable } from '@nestjs/common';
import { ActiveAlerts } from '../alerts/index.js';
import { SalesOverviewService } from '../business/index.js';
import { HealthOverviewService } from '../health-analytics/index.js';
import { MlOverviewService } from '../ml-analytics/index.js';
import { DashboardMetrics } from './dashboard.metrics.js';
import type { SectionName } from './domain/section.js';

/** The time that a request asks for, as it was written. */
export interface AskedRange {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Computes the sections, each by the service that also answers it alone. */
@Injectable()
export class SectionSource {
  constructor(
    private readonly health: HealthOverviewService,
    private readonly ml: MlOverviewService,
    private readonly sales: SalesOverviewService,
    private readonly alerts: ActiveAlerts,
    private readonly metrics: DashboardMetrics,
  ) {}

  compute(name: SectionName, asked: AskedRange): Promise<object> {
    return this.metrics.measure(name, () => this.ask(name, asked));
  }

  private ask(name: SectionName, asked: AskedRange): Promise<object> {
    switch (name) {
      case 'health':
        return this.health.overview(asked);
      case 'ml':
        return this.ml.overview(asked);
      case 'business':
        return this.sales.overview(asked);
      case 'alerts':
        return this.alerts.summary();
    }
  }
}
