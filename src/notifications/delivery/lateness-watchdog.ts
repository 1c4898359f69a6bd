import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { newEventId } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { currentCorrelationId } from '../../platform/correlation/index.js';
import type { LateContent } from '../domain/digest-view.js';
import { laneOf } from '../domain/lane.js';
import { TARGET_SECONDS } from '../domain/objectives.js';
import { routesOf, type Installation } from '../domain/routing.js';
import { installationOf } from '../installation.js';
import { LatenessRepository, type LateNotices } from '../store/lateness.repository.js';
import { OutboxRepository } from '../store/outbox.repository.js';
import type { TransactionHandle } from '../store/transaction.js';
import { DeliveryDispatcher } from './delivery-dispatcher.js';

const EVERY_MS = 10_000;

/** Tells those who run the service, over the other channels, when a channel does not deliver in time. */
@Injectable()
export class LatenessWatchdog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Notifications');
  private readonly installation: Installation;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;

  constructor(
    private readonly lateness: LatenessRepository,
    private readonly outbox: OutboxRepository,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.installation = installationOf(config.notifications);
  }

  /** A timer of its own: what it watches over may be the queue. */
  onApplicationBootstrap(): void {
    if (this.config.role === 'api' || this.timer) return;
    this.timer = setInterval(() => {
      if (!this.isLooking) this.looking = this.lookAgain();
    }, EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Tells of what is late and was not told of before. */
  async look(): Promise<void> {
    let told = 0;
    await this.lateness.takeLate(this.clock.now(), async (tx, late) => {
      for (const notices of late) await this.tell(tx, notices);
      told = late.length;
    });
    if (told > 0) await this.dispatcher.wake();
  }

  private async lookAgain(): Promise<void> {
    this.isLooking = true;
    try {
      await this.look();
    } catch (error) {
      this.log.warn(`It is not known whether notices are late. ${String(error)}`);
    } finally {
      this.isLooking = false;
    }
  }

  private async tell(tx: TransactionHandle, late: LateNotices): Promise<void> {
    const { channel, severity, count } = late;
    const targetSeconds = TARGET_SECONDS[severity];
    this.log.error(`${count} ${severity} notices by ${channel} did not leave within ${targetSeconds} s.`);
    const now = this.clock.now();
    const content: LateContent = { kind: 'late', channel, severity, targetSeconds, count, names: late.names };
    const noticeId = newEventId(now.getTime());
    const notice = {
      ...{ id: noticeId, alertId: null, transitionId: randomUUID(), kind: 'late', severity },
      ...{ detectedAt: now, content, correlationId: currentCorrelationId() ?? randomUUID() },
    };
    await this.outbox.addNotices(tx, [notice]);
    const everybody = { severity, metric: '', channels: null, recipients: null };
    const routes = routesOf(everybody, new Map(), { installation: this.installation, now });
    const others = routes.filter((route) => route.channel !== channel && route.skipped === undefined);
    const toDelivery = (route: (typeof others)[number]) => ({
      ...route,
      ...{ id: newEventId(now.getTime()), noticeId, severity, lane: laneOf(route.channel, severity), dueAt: now },
    });
    await this.outbox.addDeliveries(tx, others.map(toDelivery));
  }
}
