import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import { DeliveryDispatcher } from './delivery-dispatcher.js';

const EVERY_MS = 5_000;

/**
 * Looks for deliveries that were committed and are not on their way, at the start and every five seconds: what a process
 * left behind that died between commit and queue, or a queue that lost its jobs. A timer of its own, not a schedule:
 * ticks travel through the queue as well, and would be lost with it.
 */
@Injectable()
export class OutboxSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dispatcher: DeliveryDispatcher,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api' || this.timer) return;
    this.timer = setInterval(() => this.dispatcher.nudge(), EVERY_MS);
    this.dispatcher.nudge();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
