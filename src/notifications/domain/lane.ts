import type { Channel, Severity } from './channel.js';

/** Which limit counts for a delivery; `null`: it leaves whatever else does. */
export type Lane = 'routine' | 'critical_sms' | null;

/** Critical messages never wait for one another, but nobody pays for a thousand SMS in a minute. */
export function laneOf(channel: Channel, severity: Severity): Lane {
  if (severity !== 'critical') return 'routine';
  return channel === 'sms' ? 'critical_sms' : null;
}
