import { Injectable } from '@nestjs/common';
import { Catalogue } from '../../metrics/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { AlertConfigRepository } from '../store/alert-config.repository.js';
import { AlertDatabase } from '../store/alert-database.js';
import { TickRepository } from '../store/tick.repository.js';
import { planWindows, type WindowPlan } from './window-plan.js';

/** The enabled rules and how they are read: read and planned anew only when one of them changed. */
@Injectable()
export class RuleSet {
  private known: { fingerprint: string; plan: WindowPlan } | undefined;

  constructor(
    private readonly configs: AlertConfigRepository,
    private readonly ticks: TickRepository,
    private readonly database: AlertDatabase,
    private readonly catalogue: Catalogue,
    private readonly config: AppConfig,
  ) {}

  async current(): Promise<WindowPlan> {
    // Before the rules: what is changed between the two is seen by the next fingerprint.
    const fingerprint = await this.ticks.fingerprint(this.database.single);
    if (this.known?.fingerprint === fingerprint) return this.known.plan;
    const enabled = await this.configs.enabled();
    const plan = planWindows(this.catalogue, enabled, this.config.business.baseCurrency);
    this.known = { fingerprint, plan };
    return plan;
  }
}
