import { Injectable } from '@nestjs/common';
import { newEventId } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer } from '../messages/message-renderer.js';
import { InboxRepository } from '../store/inbox.repository.js';
import { DeliveryChannel, type Outgoing } from './delivery-channel.js';

/** The inbox of the admin pages: a row for everybody of its audience. Sending twice leaves one. */
@Injectable()
export class InAppChannel extends DeliveryChannel {
  readonly channel = 'in_app';

  constructor(
    private readonly inbox: InboxRepository,
    private readonly renderer: MessageRenderer,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ noticeId, alertId, address, message }: Outgoing): Promise<SendOutcome> {
    const createdAt = this.clock.now();
    try {
      await this.inbox.add({
        id: newEventId(createdAt.getTime()),
        noticeId,
        alertId,
        audience: address,
        severity: message.severity,
        title: message.title,
        body: this.renderer.inbox(message),
        createdAt,
      });
      return { kind: 'sent' };
    } catch {
      return { kind: 'retry', error: 'The database did not take it.' };
    }
  }
}
