import { HttpProvider, slackAnswers, twilioAnswers } from './http-provider.js';
import { SmtpProvider } from './smtp-provider.js';

export const PHONE = '+14155550100';

/** A mail server, Slack and Twilio, on this machine. */
export class Providers {
  readonly slack = new HttpProvider(slackAnswers.ok);
  readonly twilio = new HttpProvider(twilioAnswers.ok);
  readonly mail = new SmtpProvider();

  async start(): Promise<void> {
    await Promise.all([this.slack.start(), this.twilio.start(), this.mail.start()]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.slack.stop(), this.twilio.stop(), this.mail.stop()]);
  }

  /** From here on every connection is refused. */
  async goAway(): Promise<void> {
    await Promise.all([this.slack.stop(), this.twilio.stop(), this.mail.stop()]);
  }

  /** On the same ports. */
  async comeBack(): Promise<void> {
    await this.start();
  }

  /** As they were at first: they answer well, and have got nothing. */
  reset(): void {
    for (const provider of [this.slack, this.twilio, this.mail]) {
      provider.next.length = 0;
      provider.received.length = 0;
    }
    this.slack.usual = slackAnswers.ok;
    this.twilio.usual = twilioAnswers.ok;
    this.mail.usual = 'accepted';
    this.mail.refusal = undefined;
    this.mail.acceptMs = 0;
  }

  /** The settings of a service that uses them. */
  environment(differences: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      SMTP_URL: this.mail.url,
      SLACK_ANALYTICS_WEBHOOK: `${this.slack.url}/services/T0/B0/secret`,
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM_NUMBER: '+14155550111',
      TWILIO_API_BASE_URL: this.twilio.url,
      ALERT_EMAIL_TO: 'ops@example.com',
      ALERT_SMS_TO: PHONE,
      ...differences,
    };
  }
}
