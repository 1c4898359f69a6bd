export const CONDITIONS = ['threshold_above', 'threshold_below', 'rate_of_change', 'anomaly'] as const;
export type ConditionKind = (typeof CONDITIONS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a rule does while its metric has no data: be normal, stay as it is, or fire. */
export const NO_DATA_POLICIES = ['ok', 'keep', 'alert'] as const;
export type NoDataPolicy = (typeof NO_DATA_POLICIES)[number];

/** What a rule does while its metric cannot be read. */
export const ERROR_POLICIES = ['keep', 'alert'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

export const ALERT_CHANNELS = ['in_app', 'email', 'slack', 'sms'] as const;
export type AlertChannel = (typeof ALERT_CHANNELS)[number];

export interface Recipients {
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/** What a user writes: which metric, which condition, whom to tell. Optional fields hold their defaults already. */
export interface AlertRule {
  readonly name: string;
  readonly description: string | null;
  readonly metric: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly groupBy: string | null;
  readonly condition: ConditionKind;
  /** In the metric's unit; a fraction for `rate_of_change`, a robust z-score for `anomaly`. */
  readonly threshold: number;
  /** NULL: the threshold. */
  readonly recoveryThreshold: number | null;
  readonly severity: Severity;
  readonly windowSeconds: number;
  readonly forSeconds: number;
  readonly cooldownSeconds: number;
  /** NULL: the first notice is the only one. */
  readonly renotifySeconds: number | null;
  readonly evaluationDelaySeconds: number;
  readonly minSamples: number;
  readonly noData: NoDataPolicy;
  readonly onError: ErrorPolicy;
  /** NULL: the defaults of the severity. */
  readonly channels: readonly AlertChannel[] | null;
  /** NULL: everybody with preferences. */
  readonly recipients: Recipients | null;
  readonly runbookUrl: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly enabled: boolean;
}

/** A rule as it is stored. `version` counts its changes from 1. */
export interface AlertConfig extends AlertRule {
  readonly id: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdBy: string;
}
