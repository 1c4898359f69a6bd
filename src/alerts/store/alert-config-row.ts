import type { AlertConfig } from '../domain/alert-config.js';

/** Columns of `alert_configs` and their types. */
const TYPES = {
  id: 'uuid',
  version: 'integer',
  name: 'text',
  description: 'text',
  metric: 'text',
  filters: 'jsonb',
  group_by: 'text',
  condition: 'text',
  threshold: 'double precision',
  recovery_threshold: 'double precision',
  severity: 'text',
  window_seconds: 'integer',
  for_seconds: 'integer',
  cooldown_seconds: 'integer',
  renotify_seconds: 'integer',
  evaluation_delay_seconds: 'integer',
  min_samples: 'integer',
  no_data: 'text',
  on_error: 'text',
  channels: 'text[]',
  recipients: 'jsonb',
  runbook_url: 'text',
  labels: 'jsonb',
  enabled: 'boolean',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  created_by: 'text',
} as const;

const NAMES = Object.keys(TYPES);

export const CONFIG_COLUMNS = NAMES.join(', ');
/** Rows that come as one JSON parameter. */
export const CONFIG_RECORD = Object.entries(TYPES)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');
/** Takes everything but the id from `given`. */
export const CONFIG_ASSIGNMENTS = NAMES.filter((name) => name !== 'id')
  .map((name) => `${name} = given.${name}`)
  .join(', ');

export interface AlertConfigRow {
  id: string;
  version: number;
  name: string;
  description: string | null;
  metric: string;
  filters: AlertConfig['filters'];
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
  labels: AlertConfig['labels'];
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

export function rowOfConfig(config: AlertConfig): AlertConfigRow {
  return {
    id: config.id,
    version: config.version,
    name: config.name,
    description: config.description,
    metric: config.metric,
    filters: config.filters,
    group_by: config.groupBy,
    condition: config.condition,
    threshold: config.threshold,
    recovery_threshold: config.recoveryThreshold,
    severity: config.severity,
    window_seconds: config.windowSeconds,
    for_seconds: config.forSeconds,
    cooldown_seconds: config.cooldownSeconds,
    renotify_seconds: config.renotifySeconds,
    evaluation_delay_seconds: config.evaluationDelaySeconds,
    min_samples: config.minSamples,
    no_data: config.noData,
    on_error: config.onError,
    channels: config.channels,
    recipients: config.recipients,
    runbook_url: config.runbookUrl,
    labels: config.labels,
    enabled: config.enabled,
    created_at: config.createdAt,
    updated_at: config.updatedAt,
    created_by: config.createdBy,
  };
}
