import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { formatDay, MICROS_PER_DAY, type PreparedEvent } from '../events/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { within } from '../platform/deadline/index.js';
import { Logger } from '../platform/logging/index.js';
import { refusalOf } from './store/database-refusal.js';
import type { EventBatch } from './store/event-batch.js';
import { EventWriterRepository } from './store/event-writer.repository.js';

/** What became of an event; refused: the database would not have it, whatever we thought of it. */
export type Verdict = 'accepted' | 'duplicate' | 'refused';

const MAX_ATTEMPTS = 5;
const MAX_PAUSE_MS = 50;
/** Partitions are made a few at a time, so that a backfill of years is not taken for a dead database. */
const DAYS_AT_ONCE = 20;
const PARTITIONS_TIMEOUT_MS = 10_000;

/** One commit: gets events of several requests into the table, and tells for each what became of it. */
@Injectable()
export class EventCommit {
  /** Repeats come in runs (a file sent again): while they do, the fast way would only fail. */
  private expectsRepeats = false;

  constructor(
    private readonly writer: EventWriterRepository,
    private readonly partitions: PartitionKeeper,
    private readonly log: Logger,
  ) {}

  /** `undefined`: every event of every batch is new. Otherwise one verdict per event, batch after batch. */
  async run(batches: readonly EventBatch[]): Promise<Verdict[] | undefined> {
    await this.ensurePartitions(daysOf(batches));
    if (!this.expectsRepeats && (await this.copied(batches))) return undefined;
    const verdicts = await this.insert(batches.flatMap((batch) => batch.events));
    this.expectsRepeats = verdicts.includes('duplicate');
    return verdicts;
  }

  private async copied(batches: readonly EventBatch[]): Promise<boolean> {
    try {
      await this.writer.copy(batches);
      return true;
    } catch (error) {
      if (refusalOf(error) === 'other') throw error;
      return false;
    }
  }

  private async insert(events: readonly PreparedEvent[], attempt = 1): Promise<Verdict[]> {
    try {
      const isNew = await this.writer.insertMissing(events);
      return isNew.map((fresh) => (fresh ? 'accepted' : 'duplicate'));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'bad-data') return this.isolate(events, error);
      if (refusal === 'other' || refusal === 'known-event' || attempt === MAX_ATTEMPTS) throw error;
      if (refusal === 'missing-partition') await this.restorePartitions(events);
      await pause(Math.random() * MAX_PAUSE_MS);
      return this.insert(events, attempt + 1);
    }
  }

  /** Halves until the event is found that the database refuses, so that no other has to suffer for it. */
  private async isolate(events: readonly PreparedEvent[], error: unknown): Promise<Verdict[]> {
    if (events.length === 1) {
      const { type, fields } = events[0]!;
      this.log.error('The database refused a valid event.', {
        event_type: type,
        event_id: fields.event_id,
        err: error,
      });
      return ['refused'];
    }
    const middle = Math.ceil(events.length / 2);
    return [...(await this.insert(events.slice(0, middle))), ...(await this.insert(events.slice(middle)))];
  }

  /** Retention may have dropped a day that was known to be there. */
  private async restorePartitions(events: readonly PreparedEvent[]): Promise<void> {
    const days = new Set(events.map(({ occurredAtMicros }) => Math.floor(occurredAtMicros / MICROS_PER_DAY)));
    this.partitions.forget([...days].map(formatDay));
    await this.ensurePartitions(days);
  }

  private async ensurePartitions(dayNumbers: ReadonlySet<number>): Promise<void> {
    const days = [...dayNumbers].sort((a, b) => a - b).map(formatDay);
    if (this.partitions.knows(days)) return;
    for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
      const making = this.partitions.ensureDays(days.slice(from, from + DAYS_AT_ONCE));
      await within(PARTITIONS_TIMEOUT_MS, 'Making partitions', making);
    }
  }
}

function daysOf(batches: readonly EventBatch[]): Set<number> {
  const days = new Set<number>();
  for (const batch of batches) batch.addDaysTo(days);
  return days;
}
