import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Severity } from '../domain/channel.js';

export interface InboxMessage {
  readonly id: string;
  readonly noticeId: string;
  readonly alertId: string | null;
  /** `user:…`, `team:…` or `role:admin` */
  readonly audience: string;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  readonly createdAt: Date;
}

/** A message as one of its readers sees it. */
export interface ReceivedMessage {
  readonly id: string;
  readonly alert_id: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
  /** `created_at`, to the microsecond. */
  readonly place: string;
}

export interface Reader {
  readonly userId: string;
  readonly audiences: readonly string[];
}

export interface InboxPlace {
  readonly createdAt: string;
  readonly id: string;
}

/** A notice reaches somebody through several audiences and is one message all the same: the first of them counts. */
const RECEIVED = `FROM in_app_notifications message
  LEFT JOIN in_app_reads reading ON reading.notification_id = message.id AND reading.user_id = $1
 WHERE message.audience = ANY ($2::text[]) AND NOT EXISTS (
   SELECT 1 FROM in_app_notifications other
    WHERE other.notice_id = message.notice_id AND other.audience = ANY ($2::text[]) AND other.audience < message.audience)`;

/** The inbox. */
@Injectable()
export class InboxRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The same notice for the same audience again changes nothing. */
  async add(message: InboxMessage): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO in_app_notifications (id, notice_id, audience, alert_id, severity, title, body, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (notice_id, audience) DO NOTHING`,
      [
        message.id,
        message.noticeId,
        message.audience,
        message.alertId,
        message.severity,
        message.title,
        message.body,
        message.createdAt,
      ],
    );
  }

  /** Newest first. */
  async list(
    { userId, audiences }: Reader,
    page: { readonly limit: number; readonly unread: boolean; readonly after?: InboxPlace },
  ): Promise<ReceivedMessage[]> {
    return this.dataSource.query<ReceivedMessage[]>(
      `SELECT message.id, message.alert_id, message.severity, message.title, message.body, message.created_at,
              reading.read_at,
              to_char(message.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS place
         ${RECEIVED} AND (NOT $3 OR reading.read_at IS NULL)
          AND ($4::timestamptz IS NULL OR (message.created_at, message.id) < ($4::timestamptz, $5::uuid))
        ORDER BY message.created_at DESC, message.id DESC LIMIT $6`,
      [userId, audiences, page.unread, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
    );
  }

  async countUnread({ userId, audiences }: Reader): Promise<number> {
    const [row] = await this.dataSource.query<{ count: string }[]>(
      `SELECT count(*) ${RECEIVED} AND reading.read_at IS NULL`,
      [userId, audiences],
    );
    return Number(row?.count);
  }

  /** Marks one message as read, once. False: there is no such message for this reader. */
  async markRead(id: string, { userId, audiences }: Reader, at: Date): Promise<boolean> {
    const [row] = await this.dataSource.query<{ found: boolean }[]>(
      `WITH found AS (SELECT id FROM in_app_notifications WHERE id = $1 AND audience = ANY ($3::text[])),
       marked AS (
         INSERT INTO in_app_reads (user_id, notification_id, read_at) SELECT $2, id, $4 FROM found
         ON CONFLICT (user_id, notification_id) DO NOTHING
       )
       SELECT EXISTS (SELECT 1 FROM found) AS found`,
      [id, userId, audiences, at],
    );
    return row?.found === true;
  }

  async markAllRead({ userId, audiences }: Reader, at: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO in_app_reads (user_id, notification_id, read_at)
       SELECT $1, message.id, $3 ${RECEIVED} AND reading.read_at IS NULL
       ON CONFLICT (user_id, notification_id) DO NOTHING`,
      [userId, audiences, at],
    );
  }
}
