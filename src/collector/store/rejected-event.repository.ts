import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FieldError } from '../../platform/errors/index.js';
import type { DeadLetter, NewDeadLetter } from '../dead-letter.js';

interface Row {
  id: string;
  received_at: Date;
  event_index: number;
  event_id: string | null;
  event_type: string | null;
  errors: FieldError[];
  body: string;
  body_truncated: boolean;
  correlation_id: string;
  submitted_by: string;
}

/** The place after which a page of the list goes on. */
export interface DeadLetterPlace {
  /** ISO 8601, to the microsecond. */
  readonly receivedAt: string;
  readonly id: string;
}

export interface ListedDeadLetter extends DeadLetter {
  readonly place: DeadLetterPlace;
}

const COLUMNS = 'id, event_index, event_id, event_type, errors, body, body_truncated, correlation_id, submitted_by';

/** Dead letters. Not written through `WRITER_POOL`: a flood of bad events must not hold up the good ones. */
@Injectable()
export class RejectedEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(letters: readonly NewDeadLetter[]): Promise<void> {
    const rows = letters.map((letter) => ({
      id: letter.id,
      event_index: letter.index,
      event_id: letter.eventId,
      event_type: letter.eventType,
      errors: letter.errors,
      body: letter.body,
      body_truncated: letter.bodyTruncated,
      correlation_id: letter.correlationId,
      submitted_by: letter.submittedBy,
    }));
    await this.dataSource.query(
      `INSERT INTO rejected_events (${COLUMNS})
       SELECT ${COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS sent (id uuid, event_index integer, event_id text,
         event_type text, errors jsonb, body text, body_truncated boolean, correlation_id text, submitted_by text)`,
      [JSON.stringify(rows)],
    );
  }

  /** Newest first. */
  async list(limit: number, maxAgeDays: number, after?: DeadLetterPlace): Promise<ListedDeadLetter[]> {
    const rows: (Row & { received_text: string })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, received_at,
              to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_text
         FROM rejected_events
        WHERE received_at >= now() - make_interval(days => $2)
          AND ($3::timestamptz IS NULL OR (received_at, id) < ($3::timestamptz, $4::uuid))
        ORDER BY received_at DESC, id DESC LIMIT $1`,
      [limit, maxAgeDays, after?.receivedAt ?? null, after?.id ?? null],
    );
    return rows.map((row) => ({ ...toLetter(row), place: { receivedAt: row.received_text, id: row.id } }));
  }

  async findByIds(ids: readonly string[]): Promise<Map<string, DeadLetter>> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, received_at FROM rejected_events WHERE id = ANY ($1::uuid[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, toLetter(row)]));
  }

  async delete(ids: readonly string[]): Promise<number> {
    return this.deleted('id = ANY ($1::uuid[])', [ids]);
  }

  async count(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: string }[]>('SELECT count(*) FROM rejected_events');
    return Number(row?.count);
  }

  async deleteOlderThan(days: number): Promise<number> {
    return this.deleted('received_at < now() - make_interval(days => $1)', [days]);
  }

  async deleteOldest(letters: number): Promise<number> {
    return this.deleted('id IN (SELECT id FROM rejected_events ORDER BY received_at, id LIMIT $1)', [letters]);
  }

  private async deleted(condition: string, parameters: unknown[]): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `DELETE FROM rejected_events WHERE ${condition}`,
      parameters,
    );
    return count;
  }
}

function toLetter(row: Row): DeadLetter {
  return {
    id: row.id,
    receivedAt: row.received_at,
    index: row.event_index,
    eventId: row.event_id,
    eventType: row.event_type,
    errors: row.errors,
    body: row.body,
    bodyTruncated: row.body_truncated,
    correlationId: row.correlation_id,
    submittedBy: row.submitted_by,
  };
}
