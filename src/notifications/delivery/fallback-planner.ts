import { Injectable, Logger } from '@nestjs/common';
import { newEventId } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import type { Channel } from '../domain/channel.js';
import { fallbackChannel } from '../domain/fallback.js';
import { laneOf } from '../domain/lane.js';
import { maskAddress } from '../domain/mask.js';
import type { Owner, Preferences } from '../domain/preferences.js';
import { quietUntil } from '../domain/quiet-hours.js';
import { nextFallbackAt } from '../domain/retry-policy.js';
import { fallbackAddressesOf, type Installation, type Recipient } from '../domain/routing.js';
import { installationOf } from '../installation.js';
import { DeliveryRepository, type CarriedNotice, type DelayedDelivery } from '../store/delivery.repository.js';
import { OutboxRepository } from '../store/outbox.repository.js';
import { PreferenceRepository } from '../store/preference.repository.js';
import type { TransactionHandle } from '../store/transaction.js';

/** Of one transaction: rows of deliveries are locked while their fallbacks are planned. */
const PLANNED_AT_ONCE = 100;

/**
 * Finds another way to each recipient of a delivery that failed, or that is still being tried after the time its notice
 * can wait: another address of the same person or team, never one that others read.
 */
@Injectable()
export class FallbackPlanner {
  private readonly log = new Logger('Notifications');
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

  /** Plans the fallbacks of all deliveries that are still pending when theirs is due. One that fails is tried again later. */
  async planDue(): Promise<void> {
    let isMore = true;
    while (isMore) {
      const now = this.clock.now();
      isMore = await this.deliveries.takeFallbacksDue(
        { now, most: PLANNED_AT_ONCE },
        (tx, delayed) => this.plan(tx, delayed),
        (delayed, error) => this.postponed(delayed, error, now),
      );
    }
  }

  private postponed(delayed: DelayedDelivery, error: unknown, now: Date): Date {
    const at = nextFallbackAt(delayed.first_attempt_at, now);
    this.log.error(`Failed to plan the fallback of delivery ${delayed.id}; next attempt at ${at.toISOString()}`, error);
    return at;
  }

  /** Writes the fallbacks of a delivery in the caller's transaction. Planning them again adds none. */
  async plan(tx: TransactionHandle, failed: DelayedDelivery): Promise<void> {
    const saved = await this.preferences.all(tx);
    for (const notice of await this.deliveries.noticesOf(tx, failed.id)) {
      for (const recipient of notice.recipients) await this.planFor(tx, { failed, notice, recipient, saved });
    }
  }

  private async planFor(tx: TransactionHandle, { failed, notice, recipient, saved }: FallbackRequest): Promise<void> {
    const preferences = saved.get(recipient as Owner);
    if (preferences?.enabled === false) return;
    const statuses = await this.deliveries.statusesOf(tx, notice.notice_id, recipient);
    const addresses = (channel: Channel): readonly string[] =>
      fallbackAddressesOf(recipient, preferences, { channel, installation: this.installation });
    const channel = fallbackChannel(failed.channel, statuses, (candidate) => addresses(candidate).length > 0);
    if (channel === undefined) return;
    const now = this.clock.now();
    const quiet = failed.severity === 'critical' ? null : preferences?.quietHours;
    // The failed address may have readers whose quiet hours are others.
    const heldUntil = quiet ? quietUntil(quiet, now) : undefined;
    await this.outbox.addFallbacks(
      tx,
      addresses(channel).map((address) => ({
        id: newEventId(now.getTime()),
        noticeId: notice.notice_id,
        channel,
        address,
        target: maskAddress(channel, address),
        recipients: [recipient],
        severity: failed.severity,
        lane: laneOf(channel, failed.severity),
        dueAt: heldUntil ?? now,
        heldUntil,
        fallbackFor: failed.channel,
      })),
    );
  }
}

interface FallbackRequest {
  readonly failed: DelayedDelivery;
  readonly notice: CarriedNotice;
  readonly recipient: Recipient;
  readonly saved: ReadonlyMap<Owner, Preferences>;
}
