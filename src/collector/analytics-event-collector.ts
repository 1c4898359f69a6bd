import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { newEventId, type EventType } from '../events/index.js';
import { Clock } from '../platform/clock/index.js';
import { currentCorrelationId } from '../platform/correlation/index.js';
import { DeadlineExceededError, within } from '../platform/deadline/index.js';
import { Logger } from '../platform/logging/index.js';
import { CollectorMetrics } from './collector.metrics.js';
import { EventAdmission } from './event-admission.service.js';

const MAX_BUFFERED = 10_000;
const BATCH_EVENTS = 500;
const FLUSH_AFTER_MS = 1_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5_000;

/** An event as `POST /events` takes it; `alert` is allowed here. */
export type NewEvent = Readonly<Record<string, unknown>> & { readonly event_type: EventType };

/**
 * For callers inside this process that must not wait: `collect` takes an event and returns. Events are buffered and
 * written in batches; they survive a database that is away for a while, not the end of the process. What has to be
 * dropped is counted.
 */
@Injectable()
export class AnalyticsEventCollector implements BeforeApplicationShutdown {
  private readonly buffer: Record<string, unknown>[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private failures = 0;
  private isClosed = false;

  constructor(
    private readonly admission: EventAdmission,
    private readonly metrics: CollectorMetrics,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Events that wait to be written. */
  get depth(): number {
    return this.buffer.length;
  }

  /** Never throws and never waits. An event that breaks the contract is logged and counted when it is written. */
  collect(event: NewEvent): void {
    if (this.isClosed) return this.metrics.lost('shutdown', 1);
    if (this.buffer.length >= MAX_BUFFERED) return this.metrics.lost('buffer_full', 1);
    this.buffer.push(this.completed(event));
    if (this.failures > 0) return; // a retry is due already
    this.flushIn(this.buffer.length >= BATCH_EVENTS ? 0 : FLUSH_AFTER_MS);
  }

  /** Writes what is buffered. One attempt for each batch; what fails stays, and is tried again by itself. */
  async flush(): Promise<void> {
    this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined));
    await this.flushing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    try {
      await within(SHUTDOWN_TIMEOUT_MS, 'Flushing events', this.flush());
    } catch (error) {
      if (!(error instanceof DeadlineExceededError)) throw error;
    }
    if (this.buffer.length === 0) return;
    this.log.error('Events of this process were lost at its end.', { events: this.buffer.length });
    this.metrics.lost('shutdown', this.buffer.splice(0).length);
  }

  /** Id and time are given now: an event that is sent again, because nobody knows whether it was stored, is a duplicate. */
  private completed(event: NewEvent): Record<string, unknown> {
    const now = this.clock.now();
    return {
      correlation_id: currentCorrelationId(),
      ...event,
      event_id: event.event_id ?? newEventId(now.getTime()),
      occurred_at: event.occurred_at ?? now.toISOString(),
    };
  }

  private flushIn(ms: number): void {
    if (ms === 0) clearTimeout(this.timer);
    else if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.flush().catch((error: unknown) => this.log.error('Flushing events failed.', { err: error }));
    }, ms);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    try {
      while (this.buffer.length > 0) await this.writeBatch();
      this.failures = 0;
    } catch (error) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.failures++, MAX_PAUSE_MS);
      this.log.warn('Events of this process could not be written yet.', { buffered: this.buffer.length, err: error });
      if (!this.isClosed) this.flushIn(pauseMs);
    }
  }

  private async writeBatch(): Promise<void> {
    const batch = this.buffer.slice(0, BATCH_EVENTS);
    const { refusals } = await this.admission.admit(batch, 'in-process', false);
    this.buffer.splice(0, batch.length);
    if (refusals.length === 0) return;
    const [{ index, errors }] = refusals as [(typeof refusals)[0]];
    this.metrics.lost('invalid', refusals.length);
    this.log.error('Events of this process break the contract.', {
      events: refusals.length,
      event: batch[index],
      errors,
    });
  }
}
