import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer } from '../messages/message-renderer.js';
import { DeliveryChannel, type Outgoing } from './delivery-channel.js';
import { outcomeOf } from './provider-failure.js';
import { TwilioHttpClient, twilioSender, type SendSms } from './twilio-client.js';

const PROVIDER = 'Twilio';

/** SMS, over Twilio. */
@Injectable()
export class SmsChannel extends DeliveryChannel {
  readonly channel = 'sms';
  private readonly sendSms: SendSms | undefined;
  private readonly secrets: readonly string[];

  constructor(
    { notifications: { twilio, providerTimeoutMs } }: AppConfig,
    private readonly renderer: MessageRenderer,
    clock: Clock,
  ) {
    super();
    this.secrets = twilio ? [twilio.accountSid, twilio.authToken] : [];
    this.sendSms =
      twilio &&
      twilioSender(twilio, new TwilioHttpClient(twilio.apiBaseUrl, providerTimeoutMs, () => clock.now().getTime()));
  }

  async send({ address, message }: Outgoing): Promise<SendOutcome> {
    if (!this.sendSms) return { kind: 'permanent', error: 'Twilio is not configured any more.' };
    try {
      return { kind: 'sent', reference: await this.sendSms(address, this.renderer.sms(message)) };
    } catch (error) {
      return outcomeOf({ name: PROVIDER, secrets: this.secrets }, error);
    }
  }
}
