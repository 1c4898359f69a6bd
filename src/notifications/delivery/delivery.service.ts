import { Injectable, Logger } from '@nestjs/common';
import { DeliveryChannels } from '../channels/delivery-channels.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { runWithCorrelationId } from '../../platform/correlation/index.js';
import { FALLBACK_AFTER_MS } from '../domain/retry-policy.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer } from '../messages/message-renderer.js';
import { DeliveryRepository, type ClaimedDelivery } from '../store/delivery.repository.js';
import { DeliveryRecorder, type RecordedOutcome } from './delivery-recorder.js';

/** How long a worker may hold a delivery beyond the time its provider has: rendering, and recording how it ended. */
const LEASE_RESERVE_MS = 4_000;

/** Sends one delivery, once. */
@Injectable()
export class DeliveryService {
  private readonly log = new Logger('Notifications');
  private readonly leaseMs: number;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly channels: DeliveryChannels,
    private readonly renderer: MessageRenderer,
    private readonly recorder: DeliveryRecorder,
    private readonly clock: Clock,
    { notifications }: AppConfig,
  ) {
    this.leaseMs = notifications.providerTimeoutMs + LEASE_RESERVE_MS;
  }

  /**
   * One attempt, unless another worker is at it or it is not due: the claim in the database decides, so that a job may
   * come twice.
   * @throws DeliveryFailedError when it failed for good, so that the queue shows it
   */
  async deliver(id: string): Promise<RecordedOutcome | 'not due'> {
    const claimed = await this.deliveries.claim(id, this.clock.now(), this.leaseMs);
    if (!claimed) return 'not due';
    return runWithCorrelationId(claimed.correlation_id, () => this.attempt(claimed));
  }

  private async attempt(claimed: ClaimedDelivery): Promise<RecordedOutcome | 'not due'> {
    const contents = claimed.digest ? await this.deliveries.foldedInto(claimed.id) : [claimed.content];
    const started = await this.deliveries.startAttempt(claimed, {
      at: this.clock.now(),
      fallbackAfterMs: FALLBACK_AFTER_MS[claimed.severity],
    });
    if (!started) return 'not due';
    return this.recorder.record(started, await this.send(started, contents));
  }

  private async send(claimed: ClaimedDelivery, contents: readonly ClaimedDelivery['content'][]): Promise<SendOutcome> {
    try {
      return await this.channels.of(claimed.channel).send({
        deliveryId: claimed.id,
        noticeId: claimed.notice_id,
        alertId: contents.length > 1 ? null : claimed.alert_id,
        address: claimed.address,
        message: this.renderer.render(contents),
      });
    } catch (error) {
      this.log.error(`Failed to prepare delivery ${claimed.id} by ${claimed.channel}`, error);
      return { kind: 'retry', error: 'The message could not be prepared.' };
    }
  }
}
