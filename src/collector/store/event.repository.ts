import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EVENT_COLUMNS, EVENT_TYPE_NAMES, type EventColumn } from '../../events/index.js';

export interface EventFilter {
  readonly eventType?: string | undefined;
  readonly provider?: string | undefined;
  readonly correlationId?: string | undefined;
}

/** Half-open; ISO 8601. */
export interface EventWindow {
  readonly from: string;
  readonly to: string;
}

/** The key of an event, which is also its place in the order. */
export interface EventPlace {
  /** ISO 8601, to the microsecond. */
  readonly occurredAt: string;
  readonly eventId: string;
}

/** An event as it was sent, completed with what the service filled in, and with `received_at`. */
export type StoredEvent = Readonly<Record<string, unknown>> & {
  readonly occurred_at: string;
  readonly event_id: string;
};

type Row = Record<string, unknown>;

/** Reads raw events back. */
@Injectable()
export class EventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Newest first. Without a filter every type is asked for its own newest events, and of those the newest are taken:
   * so the index on (event_type, occurred_at) gives them in order, however many there are.
   */
  async find(filter: EventFilter, window: EventWindow, limit: number, after?: EventPlace): Promise<StoredEvent[]> {
    const parameters: unknown[] = [window.from, window.to, limit, after?.occurredAt ?? null, after?.eventId ?? null];
    const conditions = (['provider', 'correlationId'] as const)
      .filter((name) => filter[name] !== undefined)
      .map((name) => `AND e.${COLUMN_OF[name]} = $${parameters.push(filter[name])}`);
    const types = `$${parameters.push(filter.eventType === undefined ? EVENT_TYPE_NAMES : [filter.eventType])}`;
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${SELECTED} FROM unnest(${types}::text[]) AS wanted (event_type) CROSS JOIN LATERAL (
         SELECT e.* FROM analytics_events e
          WHERE e.event_type = wanted.event_type AND e.occurred_at >= $1::timestamptz AND e.occurred_at < $2::timestamptz
            AND ($4::timestamptz IS NULL OR (e.occurred_at, e.event_id) < ($4::timestamptz, $5::uuid))
            ${conditions.join(' ')}
          ORDER BY e.occurred_at DESC, e.event_id DESC LIMIT $3) AS e
       ORDER BY e.occurred_at DESC, e.event_id DESC LIMIT $3`,
      parameters,
    );
    return rows.map(toEvent);
  }
}

const COLUMN_OF = { provider: 'provider', correlationId: 'correlation_id' } as const;
const TIME_FORMAT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const SELECTED = [...EVENT_COLUMNS, { name: 'received_at', type: 'timestamptz' } as const].map(expression).join(', ');

/** A Date would lose the microseconds. */
function expression({ name, type }: EventColumn): string {
  return type === 'timestamptz' ? `to_char(e.${name} AT TIME ZONE 'UTC', ${TIME_FORMAT}) AS ${name}` : `e.${name}`;
}

function toEvent(row: Row): StoredEvent {
  const event: Row = {};
  for (const { name, type } of EVENT_COLUMNS) {
    if (row[name] !== null) event[name] = decode(type, row[name]);
  }
  event.received_at = decode('timestamptz', row.received_at);
  return event as StoredEvent;
}

function decode(type: EventColumn['type'], value: unknown): unknown {
  // Amounts have at most 15 digits, so that the number is exact.
  if (type === 'numeric') return Number(value);
  return type === 'timestamptz' ? (value as string).replace(/(\.\d{3})000Z$/, '$1Z') : value;
}
