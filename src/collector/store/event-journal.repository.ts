import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EVENT_COLUMNS, MICROS_PER_MINUTE, prepareEvent, type PreparedEvent } from '../../events/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { currentCorrelationId } from '../../platform/correlation/index.js';
import { PartitionKeeper } from '../../platform/database/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { NewEvent } from '../analytics-event-collector.js';
import { COMMIT_COMPANIONS, type CommitCompanion } from './commit-companion.js';
import type { EventMinute } from './event-batch.js';

/** An event that belongs to a transaction: it has to say when it happened, since nobody sends it again. */
export type JournalEvent = NewEvent & { readonly event_id: string; readonly occurred_at: string };

/**
 * The way in for whoever has to store events in the transaction of what they tell of: both are committed, or neither.
 * The events are checked like any other, and leave the same marks.
 */
@Injectable()
export class EventJournal {
  constructor(
    private readonly partitions: PartitionKeeper,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    @Inject(COMMIT_COMPANIONS) private readonly companions: CommitCompanion[],
  ) {}

  /** Call it before the transaction: makes the partitions of these days. Costs nothing once they are known. */
  async makeReady(...instants: readonly Date[]): Promise<void> {
    await this.partitions.ensureDays([...new Set(instants.map((instant) => instant.toISOString().slice(0, 10)))]);
  }

  /** Call it when a transaction failed that wrote events: retention may have dropped a day that was known. */
  forget(): void {
    this.partitions.forget();
  }

  /** @throws Error for an event that breaks the contract: a mistake of the caller */
  async write(tx: EntityManager, events: readonly JournalEvent[]): Promise<void> {
    if (events.length === 0) return;
    const prepared = events.map((event) => this.prepare(event));
    for (const companion of this.companions) {
      const statement = companion.statementFor(minutesOf(prepared));
      if (statement) await tx.query(statement);
    }
    await tx.query(INSERT, [JSON.stringify(prepared.map(toRow))]);
  }

  private prepare(event: JournalEvent): PreparedEvent {
    const prepared = prepareEvent(
      { ...event },
      {
        nowMicros: this.clock.now().getTime() * 1_000,
        backfillMaxDays: this.config.ingest.backfillMaxDays,
        correlationId: currentCorrelationId() ?? event.event_id,
        fromOutside: false,
      },
    );
    if ('errors' in prepared) throw new Error(`An event breaks the contract: ${JSON.stringify(prepared.errors)}`);
    return prepared;
  }
}

const COLUMNS = EVENT_COLUMNS.map(({ name }) => name).join(', ');
const INSERT = `INSERT INTO analytics_events (${COLUMNS})
  SELECT ${COLUMNS} FROM jsonb_populate_recordset(NULL::analytics_events, $1::jsonb)`;

function toRow({ fields, occurredAt }: PreparedEvent): object {
  return { ...fields, occurred_at: occurredAt };
}

function minutesOf(events: readonly PreparedEvent[]): EventMinute[] {
  const minutes = new Map<string, EventMinute>();
  for (const { type, occurredAtMicros } of events) {
    const minute = Math.floor(occurredAtMicros / MICROS_PER_MINUTE);
    const key = `${type} ${minute}`;
    minutes.set(key, { type, minute, events: (minutes.get(key)?.events ?? 0) + 1 });
  }
  return [...minutes.values()];
}
