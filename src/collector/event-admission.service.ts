import { Injectable } from '@nestjs/common';
import { EVENT_TYPE_NAMES } from '../events/index.js';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import { CollectorMetrics, type CountedVerdict } from './collector.metrics.js';
import type { Verdict } from './event-commit.js';
import { GroupCommitWriter } from './group-commit-writer.js';
import { sortEvents, type Refusal, type SortedEvents } from './sort-events.js';

const NOT_STORABLE = 'could not be stored; this was logged, and the event is kept as a dead letter';
const KNOWN_TYPES = new Set<unknown>(EVENT_TYPE_NAMES);

export interface Admission {
  readonly accepted: number;
  readonly duplicates: number;
  /** In the order in which the events were sent. */
  readonly refusals: readonly Refusal[];
}

/** Validates events and makes the good ones durable. What becomes of the others is the caller's business. */
@Injectable()
export class EventAdmission {
  private readonly backfillMaxDays: number;

  constructor(
    private readonly writer: GroupCommitWriter,
    private readonly metrics: CollectorMetrics,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.backfillMaxDays = config.ingest.backfillMaxDays;
  }

  /**
   * Resolves after the commit. The events are completed in place (id, correlation id, slugs).
   * @throws OverloadedError and DependencyUnavailableError as {@link GroupCommitWriter.write}
   */
  async admit(sent: readonly unknown[], correlationId: string, fromOutside = true): Promise<Admission> {
    const nowMicros = this.clock.now().getTime() * 1000;
    const { backfillMaxDays } = this;
    const sorted = await sortEvents(sent, { nowMicros, backfillMaxDays, correlationId, fromOutside });
    const verdicts = await this.writer.write(sorted.batch);
    const admission = summarise(sorted, verdicts);
    this.count(sent, sorted, verdicts, admission.refusals);
    return admission;
  }

  private count(
    sent: readonly unknown[],
    { batch }: SortedEvents,
    verdicts: readonly Verdict[] | undefined,
    refusals: readonly Refusal[],
  ): void {
    const counts = new Map<string, number>();
    const add = (type: string, verdict: CountedVerdict, events = 1): void => {
      const key = `${type} ${verdict}`;
      counts.set(key, (counts.get(key) ?? 0) + events);
    };
    for (const { index } of refusals) add(typeOf(sent[index]), 'rejected');
    if (!verdicts) for (const { type, events } of batch.minutes) add(type, 'accepted', events);
    verdicts?.forEach((verdict, position) => {
      if (verdict !== 'refused') add(batch.events[position]!.type, verdict);
    });
    for (const [key, events] of counts) {
      const [type, verdict] = key.split(' ') as [string, CountedVerdict];
      this.metrics.judged(type, verdict, events);
    }
  }
}

function summarise({ batch, places, refusals }: SortedEvents, verdicts: readonly Verdict[] | undefined): Admission {
  if (!verdicts) return { accepted: batch.events.length, duplicates: 0, refusals };
  const refused = verdicts.flatMap((verdict, position) =>
    verdict === 'refused' ? [{ index: places[position]!, errors: [{ path: '', message: NOT_STORABLE }] }] : [],
  );
  return {
    accepted: verdicts.filter((verdict) => verdict === 'accepted').length,
    duplicates: verdicts.filter((verdict) => verdict === 'duplicate').length,
    refusals: [...refusals, ...refused].sort((one, other) => one.index - other.index),
  };
}

function typeOf(event: unknown): string {
  const type = (event as { event_type?: unknown } | null)?.event_type;
  return KNOWN_TYPES.has(type) ? (type as string) : 'other';
}
