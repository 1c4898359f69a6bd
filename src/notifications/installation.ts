import type { NotificationsConfig } from '../platform/config/index.js';
import type { Channel } from './domain/channel.js';
import type { Installation } from './domain/routing.js';

/** What the operator's settings make possible. */
export function installationOf(config: NotificationsConfig): Installation {
  const working = new Set<Channel>(['in_app']);
  if (config.smtpUrl) working.add('email');
  if (config.twilio) working.add('sms');
  // A person's own webhook needs no setting of the operator.
  working.add('slack');
  return {
    working,
    emailTo: config.emailTo,
    smsTo: config.smsTo,
    workspaceWebhook: config.slackWebhookUrl,
  };
}
