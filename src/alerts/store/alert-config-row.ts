import type { AlertConfig } from '../domain/alert-config.js';

/** Columns of `alert_configs` in the order of a rule, then what the service adds. */
export const CONFIG_COLUMNS = `name, description, metric, filters, group_by, condition, threshold, recovery_threshold, severity,
  window_seconds, for_seconds, cooldown_seconds, renotify_seconds, evaluation_delay_seconds, min_samples, no_data, on_error,
  channels, recipients, runbook_url, labels, enabled, id, version, created_at, updated_at, created_by`;

export interface AlertConfigRow {
  id: string;
  version: number;
  name: string;
  description: string | null;
  metric: string;
  filters: Record<string, string>;
  group_by: string | null;
  condition: AlertConfig['condition'];
  threshold: number;
  recovery_threshold: number | null;
  severity: AlertConfig['severity'];
  window_seconds: number;
  for_seconds: number;
  cooldown_seconds: number;
  renotify_seconds: number | null;
  evaluation_delay_seconds: number;
  min_samples: number;
  no_data: AlertConfig['noData'];
  on_error: AlertConfig['onError'];
  channels: AlertConfig['channels'];
  recipients: AlertConfig['recipients'];
  runbook_url: string | null;
  labels: Record<string, string>;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
  created_by: string;
}

export function configOfRow(row: AlertConfigRow): AlertConfig {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    description: row.description,
    metric: row.metric,
    filters: row.filters,
    groupBy: row.group_by,
    condition: row.condition,
    threshold: row.threshold,
    recoveryThreshold: row.recovery_threshold,
    severity: row.severity,
    windowSeconds: row.window_seconds,
    forSeconds: row.for_seconds,
    cooldownSeconds: row.cooldown_seconds,
    renotifySeconds: row.renotify_seconds,
    evaluationDelaySeconds: row.evaluation_delay_seconds,
    minSamples: row.min_samples,
    noData: row.no_data,
    onError: row.on_error,
    channels: row.channels,
    recipients: row.recipients,
    runbookUrl: row.runbook_url,
    labels: row.labels,
    enabled: row.enabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
  };
}
