import { foldField } from '../../events/index.js';
import type { AlertConfig, AlertRule, Recipients } from '../domain/alert-config.js';
import type { MetricFacts } from '../domain/metric-facts.js';
import type { AlertConfigDto } from '../dto/alert-config.dto.js';
import type { AlertRuleDto, RecipientsDto } from '../dto/alert-rule.dto.js';

/** The wire's names and ours, converted here and nowhere else. Fields that are left out take their defaults. */
export function ruleOfDto(dto: AlertRuleDto, metric: MetricFacts | undefined): AlertRule {
  return {
    name: dto.name,
    description: dto.description ?? null,
    metric: dto.metric,
    filters: foldedFilters(dto.filters ?? {}),
    groupBy: dto.group_by ?? null,
    condition: dto.condition,
    threshold: dto.threshold,
    recoveryThreshold: dto.recovery_threshold ?? null,
    severity: dto.severity,
    ...timesOf(dto),
    minSamples: dto.min_samples ?? (metric?.isSum ? 0 : 1),
    noData: dto.no_data ?? 'ok',
    onError: dto.on_error ?? 'keep',
    channels: dto.channels ?? null,
    recipients: recipientsOf(dto.recipients),
    runbookUrl: dto.runbook_url ?? null,
    labels: { ...dto.labels },
    enabled: dto.enabled ?? true,
  };
}

type Times = 'windowSeconds' | 'forSeconds' | 'cooldownSeconds' | 'renotifySeconds' | 'evaluationDelaySeconds';

function timesOf(dto: AlertRuleDto): Pick<AlertRule, Times> {
  return {
    windowSeconds: dto.window_seconds ?? 300,
    forSeconds: dto.for_seconds ?? 0,
    cooldownSeconds: dto.cooldown_seconds ?? 300,
    renotifySeconds: dto.renotify_seconds ?? null,
    evaluationDelaySeconds: dto.evaluation_delay_seconds ?? 0,
  };
}

/** As events are stored, so that what is written another way matches as well. The checks refuse what cannot be folded. */
function foldedFilters(filters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).map(([name, sent]) => {
      const folded = typeof sent === 'string' ? foldField(name, sent) : { error: '' };
      return [name, 'value' in folded ? folded.value : sent];
    }),
  );
}

function recipientsOf(dto: RecipientsDto | null | undefined): Recipients | null {
  if (dto === null || dto === undefined) return null;
  return { users: [...new Set(dto.users)], teams: [...new Set(dto.teams)] };
}

/** What `ruleOfDto` takes back as it is. */
export function exportOfRule(rule: AlertRule): AlertRuleDto {
  return {
    name: rule.name,
    description: rule.description,
    metric: rule.metric,
    filters: sorted(rule.filters),
    group_by: rule.groupBy,
    condition: rule.condition,
    threshold: rule.threshold,
    recovery_threshold: rule.recoveryThreshold,
    severity: rule.severity,
    window_seconds: rule.windowSeconds,
    for_seconds: rule.forSeconds,
    cooldown_seconds: rule.cooldownSeconds,
    renotify_seconds: rule.renotifySeconds,
    evaluation_delay_seconds: rule.evaluationDelaySeconds,
    min_samples: rule.minSamples,
    no_data: rule.noData,
    on_error: rule.onError,
    channels: rule.channels && [...rule.channels],
    recipients: rule.recipients && { users: [...rule.recipients.users], teams: [...rule.recipients.teams] },
    runbook_url: rule.runbookUrl,
    labels: sorted(rule.labels),
    enabled: rule.enabled,
  };
}

/** The database keeps names of a map in its own order; the wire has one that a diff can follow. */
function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function configToDto(config: AlertConfig, warnings: readonly string[]): AlertConfigDto {
  return { ...recordOfConfig(config), warnings: [...warnings] };
}

/** A config as its audit keeps it: everything but what is computed when it is read. */
export function recordOfConfig(config: AlertConfig): Omit<AlertConfigDto, 'warnings'> {
  return {
    id: config.id,
    version: config.version,
    ...exportOfRule(config),
    created_at: config.createdAt.toISOString(),
    updated_at: config.updatedAt.toISOString(),
    created_by: config.createdBy,
  };
}
