import type { Severity } from './channel.js';

/** From detection until a provider accepts. Info has no target: nobody waits for it. */
export const TARGET_SECONDS = { critical: 30, warning: 300 } as const satisfies Partial<Record<Severity, number>>;

export type PromisedSeverity = keyof typeof TARGET_SECONDS;
export const PROMISED_SEVERITIES = ['critical', 'warning'] as const satisfies readonly PromisedSeverity[];
