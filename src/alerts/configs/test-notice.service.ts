import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AlertNotifier, type AlertNotice } from '../../notifications/index.js';
import { Clock } from '../../platform/clock/index.js';
import { currentCorrelationId } from '../../platform/correlation/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import type { AlertConfig } from '../domain/alert-config.js';
import type { TestReportDto } from '../dto/test-report.dto.js';
import { AlertDatabase } from '../store/alert-database.js';
import { AlertConfigsService } from './alert-configs.service.js';

/** Sends what a rule would send if it fired now, marked as a test. No alert comes of it. */
@Injectable()
export class TestNoticeService {
  constructor(
    private readonly configs: AlertConfigsService,
    private readonly catalogue: AlertCatalogue,
    private readonly notifier: AlertNotifier,
    private readonly database: AlertDatabase,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError */
  async send(configId: string): Promise<TestReportDto> {
    const notice = this.noticeOf(await this.configs.find(configId));
    const { deliveries } = await this.database.transaction((tx) => this.notifier.plan(tx, notice));
    await this.notifier.wake();
    return { notifications: deliveries.map((delivery) => ({ ...delivery })) };
  }

  private noticeOf(config: AlertConfig): AlertNotice {
    const now = this.clock.now();
    const id = randomUUID();
    const { metric, filters, groupBy, condition, severity, threshold, windowSeconds } = config;
    return {
      alertId: null,
      transitionId: id,
      kind: 'firing',
      test: true,
      config,
      ...{ metric, filters, groupBy, condition, severity, threshold, windowSeconds },
      ...this.catalogue.measureOf(config, null),
      group: null,
      value: threshold,
      peakValue: threshold,
      resolvedValue: null,
      resolvedBy: null,
      triggeredAt: now,
      resolvedAt: null,
      detectedAt: now,
      correlationId: currentCorrelationId() ?? id,
    };
  }
}
