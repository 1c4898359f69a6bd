import { DEFAULT_CHANNELS, SEVERITIES, type Channel, type Severity } from '../domain/channel.js';
import type { Preferences, Scope } from '../domain/preferences.js';
import { DAYS } from '../domain/quiet-hours.js';
import type { PreferencesDto } from '../dto/preferences.dto.js';

/** As the API shows them: every field, with the defaults that hold. */
export function toDto(preferences: Preferences): Required<PreferencesDto> {
  const { quietHours } = preferences;
  return {
    email: preferences.email,
    phone: preferences.phone,
    slack_webhook_url: preferences.slackWebhookUrl,
    channels: bySeverity((severity) => [...(preferences.channels[severity] ?? DEFAULT_CHANNELS[severity])]),
    quiet_hours: quietHours && {
      start: quietHours.start,
      end: quietHours.end,
      time_zone: quietHours.timeZone,
      days: [...quietHours.days],
    },
    scope: preferences.scope,
    enabled: preferences.enabled,
  };
}

export function fromDto(sent: PreferencesDto, scope: Scope): Preferences {
  const { channels, quiet_hours: quiet } = sent;
  const given = SEVERITIES.filter((severity) => Array.isArray(channels?.[severity]));
  return {
    email: sent.email ?? null,
    phone: sent.phone ?? null,
    slackWebhookUrl: sent.slack_webhook_url ?? null,
    channels: Object.fromEntries(given.map((severity) => [severity, channels![severity]!])),
    quietHours: quiet
      ? { start: quiet.start, end: quiet.end, timeZone: quiet.time_zone, days: quiet.days ?? DAYS }
      : null,
    scope,
    enabled: sent.enabled ?? true,
  };
}

function bySeverity(channels: (severity: Severity) => Channel[]): Record<Severity, Channel[]> {
  return { info: channels('info'), warning: channels('warning'), critical: channels('critical') };
}
