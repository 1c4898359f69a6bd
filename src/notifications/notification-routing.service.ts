import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import { installationOf } from './installation.js';
import type { Severity } from './domain/channel.js';
import { teamOwner, userOwner } from './domain/preferences.js';
import { channelsAsked, routesOf } from './domain/routing.js';
import { PreferenceRepository } from './store/preference.repository.js';

/** As much of a rule as decides where its notices go. */
export interface RoutedConfig {
  readonly metric: string;
  readonly severity: Severity;
  readonly channels: readonly string[] | null;
  readonly recipients: { readonly users: readonly string[]; readonly teams: readonly string[] } | null;
}

/** Tells where the notices of a rule would go. */
@Injectable()
export class NotificationRouting {
  private readonly installation;

  constructor(
    private readonly preferences: PreferenceRepository,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.installation = installationOf(config.notifications);
  }

  /** One sentence for each channel that the rule asks for and nobody receives. */
  async warnings(config: RoutedConfig): Promise<string[]> {
    const { recipients } = config;
    const owners = recipients && [...recipients.users.map(userOwner), ...recipients.teams.map(teamOwner)];
    const routes = routesOf({ ...config, recipients: owners }, await this.preferences.all(), {
      installation: this.installation,
      now: this.clock.now(),
    });
    return channelsAsked(config)
      .filter((asked) => !routes.some(({ channel, skipped }) => channel === asked && skipped === undefined))
      .map((channel) => `Nobody receives this rule's notices by ${channel}: ${remedyOf(channel)}.`);
  }
}

const REMEDIES: Record<string, string> = {
  in_app: 'name a recipient who wants them',
  email: 'set SMTP_URL, and ALERT_EMAIL_TO or the e-mail address of a recipient',
  slack: 'set SLACK_ANALYTICS_WEBHOOK or the webhook of a recipient',
  sms: 'set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER, and ALERT_SMS_TO or the phone of a recipient',
};

function remedyOf(channel: string): string {
  return REMEDIES[channel] ?? 'check its configuration';
}
