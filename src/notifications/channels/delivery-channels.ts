import { Injectable } from '@nestjs/common';
import type { Channel } from '../domain/channel.js';
import { DeliveryChannel } from './delivery-channel.js';
import { EmailNotificationService } from './email-notification.service.js';
import { InAppChannel } from './in-app.channel.js';
import { SlackChannel } from './slack.channel.js';
import { SmsChannel } from './sms.channel.js';

/** Every channel by its name. */
@Injectable()
export class DeliveryChannels {
  private readonly channels: Readonly<Record<Channel, DeliveryChannel>>;

  constructor(email: EmailNotificationService, inApp: InAppChannel, slack: SlackChannel, sms: SmsChannel) {
    this.channels = { email, in_app: inApp, slack, sms };
  }

  of(channel: Channel): DeliveryChannel {
    return this.channels[channel];
  }
}
