import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { pauseAfter } from '../domain/retry-policy.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { NotificationMetrics } from '../notifications.metrics.js';
import { DeliveryRepository, type ClaimedDelivery } from '../store/delivery.repository.js';
import { DeliveryDispatcher } from './delivery-dispatcher.js';
import { FallbackPlanner } from './fallback-planner.js';

export type RecordedOutcome = 'sent' | 'retry';

/** A delivery will not be tried again. */
export class DeliveryFailedError extends DomainError {
  readonly code = 'delivery-failed';
}

/** What was accepted must not be sent again because the database was away for a moment. */
const RECORD_ATTEMPTS = 3;
const RECORD_PAUSE_MS = 700;

/** Writes down how an attempt ended, and sees to what follows from it. */
@Injectable()
export class DeliveryRecorder {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly fallbacks: FallbackPlanner,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly metrics: NotificationMetrics,
    private readonly clock: Clock,
  ) {}

  /** @throws DeliveryFailedError */
  async record(claimed: ClaimedDelivery, outcome: SendOutcome): Promise<RecordedOutcome> {
    this.metrics.attempted(claimed.channel, outcome.kind);
    this.dispatcher.made();
    if (outcome.kind === 'sent') return this.sent(claimed, outcome.reference);
    const pauseMs = outcome.kind === 'retry' ? this.pause(claimed, outcome) : undefined;
    if (outcome.kind === 'retry' && pauseMs !== undefined) return this.retry(claimed, { ...outcome, pauseMs });
    return this.failed(claimed, outcome.error);
  }

  private async sent(claimed: ClaimedDelivery, reference: string | undefined): Promise<'sent'> {
    const sentAt = this.clock.now();
    await repeated(() => this.deliveries.recordSent(claimed, sentAt, reference));
    const since = claimed.held_until ?? claimed.detected_at;
    this.metrics.accepted(claimed, Math.max(0, sentAt.getTime() - since.getTime()) / 1_000);
    return 'sent';
  }

  private async retry(
    claimed: ClaimedDelivery,
    { error, mayHaveArrived, pauseMs }: { error: string; mayHaveArrived?: boolean; pauseMs: number },
  ): Promise<'retry'> {
    const dueAt = new Date(this.clock.now().getTime() + pauseMs);
    await this.deliveries.recordRetry(claimed, { dueAt, error, mayHaveArrived: mayHaveArrived === true });
    await this.dispatcher.wake();
    return 'retry';
  }

  private async failed(claimed: ClaimedDelivery, error: string): Promise<never> {
    await this.deliveries.recordFailed(claimed, error, (tx) => this.fallbacks.plan(tx, claimed));
    await this.dispatcher.wake();
    throw new DeliveryFailedError(`Delivery ${claimed.id} by ${claimed.channel} failed for good: ${error}`);
  }

  private pause(
    { severity, attempts }: ClaimedDelivery,
    outcome: { afterMs?: number; mayHaveArrived?: boolean },
  ): number | undefined {
    return pauseAfter({ severity, attempt: attempts, ...outcome }, Math.random());
  }
}

async function repeated(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === RECORD_ATTEMPTS) throw error;
      await sleep(RECORD_PAUSE_MS);
    }
  }
}
