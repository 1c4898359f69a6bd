export const CHANNELS = ['in_app', 'email', 'slack', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where a notice of a severity goes when nobody says otherwise. */
export const DEFAULT_CHANNELS: Readonly<Record<Severity, readonly Channel[]>> = {
  info: ['in_app'],
  warning: ['in_app', 'email', 'slack'],
  critical: ['in_app', 'email', 'slack', 'sms'],
};

/** The most insistent first: where a channel fails, the next one that the recipient has takes over. */
export const FALLBACK_ORDER: readonly Channel[] = ['sms', 'email', 'slack', 'in_app'];

export function isChannel(value: string): value is Channel {
  return (CHANNELS as readonly string[]).includes(value);
}
