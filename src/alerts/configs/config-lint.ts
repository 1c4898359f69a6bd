import { Injectable } from '@nestjs/common';
import { NotificationRouting } from '../../notifications/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import type { AlertConfig } from '../domain/alert-config.js';
import { lintRule } from '../domain/lint.js';
import { EvaluationNoteRepository } from '../store/evaluation-note.repository.js';

/** What is allowed in a config and yet unlikely to be meant; by config id. */
export type Warnings = ReadonlyMap<string, readonly string[]>;

@Injectable()
export class ConfigLint {
  constructor(
    private readonly catalogue: AlertCatalogue,
    private readonly routing: NotificationRouting,
    private readonly notes: EvaluationNoteRepository,
    private readonly config: AppConfig,
  ) {}

  async warningsOf(configs: readonly AlertConfig[]): Promise<Warnings> {
    const seen = await this.notes.of(configs.map(({ id }) => id));
    const warnings = new Map<string, readonly string[]>();
    for (const config of configs) {
      const unheard = await this.routing.warnings(config);
      warnings.set(config.id, [...this.lint(config), ...unheard, ...(seen.get(config.id) ?? [])]);
    }
    return warnings;
  }

  private lint(config: AlertConfig): string[] {
    const metric = this.catalogue.facts(config.metric);
    if (metric === undefined) return [`${config.metric} is not a metric any more: the rule is not evaluated.`];
    return lintRule(config, metric, this.config.alerts.evaluationIntervalSeconds);
  }
}
