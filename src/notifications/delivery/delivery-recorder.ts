import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { nextAttemptAt } from '../domain/retry-policy.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { NotificationMetrics } from '../notifications.metrics.js';
import { DeliveryRepository, type StartedDelivery } from '../store/delivery.repository.js';
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
  async record(started: StartedDelivery, outcome: SendOutcome): Promise<RecordedOutcome> {
    this.metrics.attempted(started.channel, outcome.kind);
    this.dispatcher.made();
    if (outcome.kind === 'sent') return this.sent(started, outcome);
    if (outcome.kind === 'permanent') return this.failed(started, { error: outcome.error, mayHaveArrived: false });
    return this.retryOrGiveUp(started, outcome);
  }

  private async sent(started: StartedDelivery, { reference, warning }: Outcome<'sent'>): Promise<'sent'> {
    const at = this.clock.now();
    await repeated(() => this.deliveries.recordSent(started, { at, reference, warning }));
    const since = started.held_until ?? started.detected_at;
    this.metrics.accepted(started, Math.max(0, at.getTime() - since.getTime()) / 1_000);
    return 'sent';
  }

  private async retryOrGiveUp(started: StartedDelivery, outcome: Outcome<'retry'>): Promise<'retry'> {
    const { attempts: attempt, first_attempt_at: firstAttemptAt } = started;
    const { error, retryAfterMs, mayHaveArrived = false } = outcome;
    const refused = { attempt, firstAttemptAt, retryAfterMs, mayHaveArrived };
    const dueAt = nextAttemptAt(refused, this.clock.now(), Math.random());
    if (dueAt === undefined) return this.failed(started, { error, mayHaveArrived });
    await this.deliveries.recordRetry(started, { dueAt, error, mayHaveArrived });
    await this.dispatcher.wake();
    return 'retry';
  }

  private async failed(
    started: StartedDelivery,
    failure: { readonly error: string; readonly mayHaveArrived: boolean },
  ): Promise<never> {
    await this.deliveries.recordFailed(started, failure, (tx) => this.fallbacks.plan(tx, started));
    await this.dispatcher.wake();
    throw new DeliveryFailedError(`Delivery ${started.id} by ${started.channel} failed for good: ${failure.error}`);
  }
}

type Outcome<Kind extends SendOutcome['kind']> = Extract<SendOutcome, { readonly kind: Kind }>;

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
