import type { Channel, Severity } from './channel.js';
import type { QuietHours } from './quiet-hours.js';

export type Scope = 'all' | 'business';

/** How a person or a team wants to be told. */
export interface Preferences {
  readonly email: string | null;
  /** E.164 */
  readonly phone: string | null;
  readonly slackWebhookUrl: string | null;
  /** A severity that is missing follows its default. */
  readonly channels: Readonly<Partial<Record<Severity, readonly Channel[]>>>;
  readonly quietHours: QuietHours | null;
  readonly scope: Scope;
  readonly enabled: boolean;
}

/** Of somebody who never saved any. */
export function defaultPreferences(scope: Scope): Preferences {
  return { email: null, phone: null, slackWebhookUrl: null, channels: {}, quietHours: null, scope, enabled: true };
}

/** `user:…` or `team:…`: the key of preferences, and an audience of the inbox. */
export type Owner = `user:${string}` | `team:${string}`;

export function userOwner(id: string): Owner {
  return `user:${id}`;
}

export function teamOwner(name: string): Owner {
  return `team:${name}`;
}
