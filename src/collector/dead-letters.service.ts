import { Injectable } from '@nestjs/common';
import { newEventId } from '../events/index.js';
import { TimeSlices } from '../platform/background/index.js';
import { Clock } from '../platform/clock/index.js';
import { translateDatabaseError } from '../platform/database/index.js';
import { DeadlineExceededError, within } from '../platform/deadline/index.js';
import { DependencyUnavailableError } from '../platform/errors/index.js';
import { CollectorMetrics } from './collector.metrics.js';
import { bodyOf, shownText, type DeadLetter, type NewDeadLetter } from './dead-letter.js';
import type { Refusal } from './sort-events.js';
import {
  RejectedEventRepository,
  type DeadLetterPlace,
  type ListedDeadLetter,
} from './store/rejected-event.repository.js';

export type { DeadLetterPlace, ListedDeadLetter };

const MAX_AGE_DAYS = 30;
const MAX_LETTERS = 100_000;
/** Other processes write as well: after this our idea of how many there are is renewed. */
const RECOUNT_AFTER_MS = 60_000;
const TIMEOUT_MS = 8_000;
const RETRY_AFTER_TIMEOUT_SECONDS = 5;

export interface Sender {
  readonly correlationId: string;
  /** `sub` of the token. */
  readonly subject: string;
}

/** Keeps what was refused, so that it can be looked at, and sent again once its cause is gone. */
@Injectable()
export class DeadLetters {
  private estimate = 0;
  private countedAtMs = -Infinity;

  constructor(
    private readonly repository: RejectedEventRepository,
    private readonly metrics: CollectorMetrics,
    private readonly clock: Clock,
  ) {}

  /** Durable when it resolves. When there are too many, the oldest go. */
  async keep(events: readonly unknown[], refusals: readonly Refusal[], sender: Sender): Promise<void> {
    if (refusals.length === 0) return;
    const nowMs = this.clock.now().getTime();
    const submittedBy = shownText(sender.subject) ?? '';
    const letters: NewDeadLetter[] = [];
    const slices = new TimeSlices();
    for (const { index, errors } of refusals) {
      const about = { index, ...namesOf(events[index]), errors, ...bodyOf(events[index]) };
      letters.push({ id: newEventId(nowMs), ...about, correlationId: sender.correlationId, submittedBy });
      await slices.pause();
    }
    await inTime(this.repository.insert(letters));
    this.metrics.deadLetters('kept', letters.length);
    await inTime(this.makeRoom(letters.length, nowMs));
  }

  /** Newest first. */
  async list(limit: number, after?: DeadLetterPlace): Promise<ListedDeadLetter[]> {
    return inTime(this.repository.list(limit, MAX_AGE_DAYS, after));
  }

  async findByIds(ids: readonly string[]): Promise<Map<string, DeadLetter>> {
    return inTime(this.repository.findByIds(ids));
  }

  /** They were taken after all. */
  async discard(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const discarded = await inTime(this.repository.delete(ids));
    this.estimate -= discarded;
    this.metrics.deadLetters('replayed', discarded);
  }

  /** Drops what is too old or too many. For housekeeping: harmless to repeat, also by several processes at once. */
  async evict(): Promise<number> {
    const tooOld = await this.repository.deleteOlderThan(MAX_AGE_DAYS);
    if (tooOld > 0) this.metrics.deadLetters('evicted_by_age', tooOld);
    this.estimate = await this.repository.count();
    return tooOld + (await this.dropExcess());
  }

  private async makeRoom(added: number, nowMs: number): Promise<void> {
    this.estimate += added;
    if (nowMs - this.countedAtMs < RECOUNT_AFTER_MS) {
      await this.dropExcess();
      return;
    }
    this.countedAtMs = nowMs;
    await this.evict();
  }

  private async dropExcess(): Promise<number> {
    const excess = this.estimate - MAX_LETTERS;
    if (excess <= 0) return 0;
    this.estimate -= excess; // before the wait, or requests beside this one would drop as many again
    const dropped = await this.repository.deleteOldest(excess);
    this.metrics.deadLetters('evicted_by_count', dropped);
    return dropped;
  }
}

function namesOf(event: unknown): Pick<DeadLetter, 'eventId' | 'eventType'> {
  const { event_id: id, event_type: type } = (event ?? {}) as { event_id?: unknown; event_type?: unknown };
  return { eventId: shownText(id), eventType: shownText(type) };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await within(TIMEOUT_MS, 'Dead letters', work);
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw translateDatabaseError(error);
    throw new DependencyUnavailableError('database', RETRY_AFTER_TIMEOUT_SECONDS, { cause: error });
  }
}
