import type { Channel, Severity } from './channel.js';
import type { Noun } from './value-text.js';

export type NoticeKind = 'firing' | 'resolved' | 'reminder';

/** Why a notice goes nowhere although it was due. */
export type Suppression = 'silenced' | 'cooldown';

/** The rule behind an alert, as far as messages and routing need it. */
export interface NoticeConfig {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  /** NULL: the defaults of the severity. */
  readonly channels: readonly string[] | null;
  /** NULL: everybody with preferences. */
  readonly recipients: { readonly users: readonly string[]; readonly teams: readonly string[] } | null;
  readonly runbookUrl: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** A transition of an alert that people are to hear of. */
export interface AlertNotice {
  /** NULL for a test. */
  readonly alertId: string | null;
  /** With `kind` the idempotency key: planning the same transition twice tells people once. */
  readonly transitionId: string;
  readonly kind: NoticeKind;
  /** Marked as a test in every message. */
  readonly test?: boolean;
  readonly config: NoticeConfig;
  readonly metric: string;
  readonly unit: string;
  /** Of metrics that count. */
  readonly noun?: Noun;
  /** Of metrics in money. NULL: each currency by itself. */
  readonly currency?: string | null;
  /** The value is the last that is known, e.g. a stock, and not one of the window. */
  readonly isLastKnown?: boolean;
  readonly filters: Readonly<Record<string, string>>;
  /** Dimension that the rule groups by. NULL: none. */
  readonly groupBy?: string | null;
  /** The value of that dimension. '' or `(none)`: events without one. */
  readonly group: string | null;
  readonly condition: string;
  readonly severity: Severity;
  readonly threshold: number;
  /** NULL: no data. */
  readonly value: number | null;
  readonly peakValue: number | null;
  readonly resolvedValue: number | null;
  readonly resolvedBy: string | null;
  readonly windowSeconds: number;
  readonly triggeredAt: Date;
  readonly resolvedAt: Date | null;
  /** The instant of the tick that saw it: the promised delay counts from here. */
  readonly detectedAt: Date;
  readonly suppressed?: Suppression;
  readonly correlationId: string;
}

export type SkipReason = Suppression | 'preferences' | 'not configured';

/** What was decided for one address. `target` is masked. */
export interface PlannedDelivery {
  readonly channel: Channel;
  readonly target: string;
  readonly status: 'pending' | 'skipped';
  readonly reason?: SkipReason;
}

export interface NoticePlan {
  /** At least one delivery is not skipped. */
  readonly anySent: boolean;
  readonly deliveries: readonly PlannedDelivery[];
}
