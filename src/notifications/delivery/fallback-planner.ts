import { Injectable } from '@nestjs/common';
import { newEventId } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import type { Channel, Severity } from '../domain/channel.js';
import { takesOver, type Fates } from '../domain/fallback.js';
import { laneOf } from '../domain/lane.js';
import { maskAddress } from '../domain/mask.js';
import type { Owner, Preferences } from '../domain/preferences.js';
import { addressesOf, type Installation, type Recipient } from '../domain/routing.js';
import { installationOf } from '../installation.js';
import { DeliveryRepository, type ClaimedDelivery } from '../store/delivery.repository.js';
import { OutboxRepository, type NewDelivery } from '../store/outbox.repository.js';
import { PreferenceRepository } from '../store/preference.repository.js';
import type { TransactionHandle } from '../store/transaction.js';

type Failed = Pick<ClaimedDelivery, 'id' | 'channel' | 'severity'>;

/** Finds another way to everybody whom a delivery that failed for good was meant for. */
@Injectable()
export class FallbackPlanner {
  private readonly installation: Installation;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly preferences: PreferenceRepository,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.installation = installationOf(config.notifications);
  }

  /** Writes the deliveries that take over, in the transaction that records the failure. */
  async plan(tx: TransactionHandle, failed: Failed): Promise<void> {
    const saved = await this.preferences.all(tx);
    for (const { notice_id: noticeId, recipients } of await this.deliveries.noticesOf(tx, failed.id)) {
      for (const recipient of recipients as Recipient[]) {
        const fates: Fates = await this.deliveries.fatesOf(tx, noticeId, recipient);
        const to = (channel: Channel): readonly string[] => this.reachable(recipient, saved, channel);
        const channel = takesOver(failed.channel, fates, (candidate) => to(candidate).length > 0);
        if (channel === undefined) continue;
        const standIns = to(channel).map((address) => this.standIn(failed, { noticeId, recipient, channel, address }));
        await this.outbox.addFallbacks(tx, standIns);
      }
    }
  }

  /** Addresses on a channel that works; none: the recipient does not have it. */
  private reachable(recipient: Recipient, saved: ReadonlyMap<Owner, Preferences>, channel: Channel): readonly string[] {
    if (!this.installation.working.has(channel)) return [];
    return addressesOf(recipient, saved.get(recipient as Owner), { channel, installation: this.installation });
  }

  private standIn(
    { channel: failedChannel, severity }: { readonly channel: Channel; readonly severity: Severity },
    { recipient, ...to }: Pick<NewDelivery, 'noticeId' | 'channel' | 'address'> & { readonly recipient: Recipient },
  ): NewDelivery {
    const now = this.clock.now();
    return {
      id: newEventId(now.getTime()),
      ...to,
      target: maskAddress(to.channel, to.address),
      recipients: [recipient],
      severity,
      lane: laneOf(to.channel, severity),
      dueAt: now,
      fallbackFor: failedChannel,
    };
  }
}
