import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { JobQueue } from '../../platform/queues/index.js';
import { CHANNELS } from '../domain/channel.js';
import { stormLimits, type LaneLimit } from '../domain/storm-limits.js';
import { DELIVER } from '../jobs/delivery-jobs.js';
import { DeliveryRepository, type QueuedDelivery } from '../store/delivery.repository.js';
import { ReleaseRepository } from '../store/release.repository.js';
import { FallbackPlanner } from './fallback-planner.js';

/**
 * Jobs of a channel that wait at once. The others wait in the database, where the critical ones overtake; and a queue that
 * is lost costs little. Enough for a second of a provider that answers in 20 ms.
 */
const MOST_QUEUED = 500;
/** So many deliveries later the queue has room for more. */
const REFILL_EVERY = 100;
/** What falls due within this time is waited for; the sweeper finds the rest. */
const WAIT_AT_MOST_MS = 5_000;

/**
 * Moves what is due from the outbox into the queues. Any process may do so at any time: the database says what is due and
 * what is queued already. Runs in one process never overlap; who asks while one is under way gets one after it.
 */
@Injectable()
export class DeliveryDispatcher implements BeforeApplicationShutdown {
  private readonly log = new Logger('Notifications');
  private readonly limits: readonly LaneLimit[];
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private finished = 0;

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly fallbacks: FallbackPlanner,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    { notifications }: AppConfig,
  ) {
    this.limits = stormLimits(notifications.maxPerRecipient);
  }

  /** Resolves when everything that was due when it was called is in its queue, or failed to get there. Never rejects. */
  wake(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (!this.running) return this.start();
    this.following ??= this.running.then(() => {
      this.following = undefined;
      return this.stopped ? undefined : this.start();
    });
    return this.following;
  }

  /** Like `wake`, for who does not wait for it. */
  nudge(): void {
    this.wake().catch((error: unknown) => this.log.error('Deliveries were not looked for', error));
  }

  /** A delivery is over: every now and then that makes room for others. */
  made(): void {
    this.finished += 1;
    if (this.finished % REFILL_EVERY === 0) this.nudge();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private start(): Promise<void> {
    this.running = this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.planFallbacks();
      let isMore = true;
      while (isMore && !this.stopped) {
        isMore = await this.releases.release(this.clock.now(), this.limits);
        await this.enqueue(await this.deliveries.enqueueDue(this.clock.now(), MOST_QUEUED));
      }
      this.wakeIn(await this.deliveries.nextDueInMs(this.clock.now()));
    } catch (error) {
      this.log.warn(`Deliveries could not be queued; they are tried again. ${String(error)}`);
    }
  }

  /** What goes wrong here keeps no other delivery back. */
  private async planFallbacks(): Promise<void> {
    try {
      await this.fallbacks.planDue();
    } catch (error) {
      this.log.error('Failed to plan the fallbacks that are due', error);
    }
  }

  private async enqueue(queued: readonly QueuedDelivery[]): Promise<void> {
    for (const channel of CHANNELS) {
      const entries = queued
        .filter((delivery) => delivery.channel === channel)
        .map(({ id, enqueues }) => ({ data: { deliveryId: id }, id: `${id}_${enqueues}` }));
      if (entries.length > 0) await this.enqueueOrForget(channel, entries);
    }
  }

  private async enqueueOrForget(
    channel: (typeof CHANNELS)[number],
    entries: readonly { readonly data: { readonly deliveryId: string }; readonly id: string }[],
  ): Promise<void> {
    try {
      await this.queue.enqueueAll(DELIVER[channel], entries);
    } catch (error) {
      this.log.warn(`The queue of ${channel} took no deliveries; they are tried again. ${String(error)}`);
      await this.deliveries.unqueue(entries.map(({ data }) => data.deliveryId));
    }
  }

  private wakeIn(ms: number | undefined): void {
    clearTimeout(this.timer);
    if (this.stopped || ms === undefined || ms > WAIT_AT_MOST_MS) return;
    this.timer = setTimeout(() => this.nudge(), Math.max(1, ms));
    this.timer.unref();
  }
}
