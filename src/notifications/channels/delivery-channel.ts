import type { Channel } from '../domain/channel.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import type { RenderedMessage } from '../messages/message-renderer.js';

/** One message to one address. */
export interface Outgoing {
  /** Of the delivery; the same for each attempt, so that a receiver that looks at it can tell a repeat. */
  readonly deliveryId: string;
  readonly noticeId: string;
  readonly alertId: string | null;
  readonly address: string;
  readonly message: RenderedMessage;
}

/** A way to reach people. A new one: this interface, its queue in `platform/queues`, and `DeliveryChannels`. */
export abstract class DeliveryChannel {
  abstract readonly channel: Channel;

  /** One attempt. How it ended is the answer, whatever happened: it does not reject, nor take longer than the deadline. */
  abstract send(outgoing: Outgoing): Promise<SendOutcome>;
}
