import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { CollectorMetrics } from './collector.metrics.js';
import { DeadLetters, type Sender } from './dead-letters.service.js';
import { EventAdmission } from './event-admission.service.js';
import { answerOf, type IntakeAnswer } from './intake-answer.js';
import { readSubmission } from './read-submission.js';

/** Takes a batch in: what is good becomes durable, what is not becomes dead letters, and each is told which it was. */
@Injectable()
export class EventIntake {
  constructor(
    private readonly admission: EventAdmission,
    private readonly deadLetters: DeadLetters,
    private readonly metrics: CollectorMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when everything that it says is durable.
   * @throws InvalidInputError for a batch that cannot be read, OverloadedError and DependencyUnavailableError
   */
  async submit(body: unknown, sender: Sender): Promise<IntakeAnswer> {
    const { events, sentAtMs } = readSubmission(body);
    const skewMs = sentAtMs === undefined ? undefined : Math.round(sentAtMs - this.clock.now().getTime());
    if (skewMs !== undefined) this.metrics.skewed(skewMs);
    const admission = await this.admission.admit(events, sender.correlationId);
    // After the commit: were it to fail, the sender would come again, and the dead letters would be there twice.
    await this.deadLetters.keep(events, admission.refusals, sender);
    return { ...answerOf(admission, events, 'events'), ...(skewMs !== undefined && { clock_skew_ms: skewMs }) };
  }
}
