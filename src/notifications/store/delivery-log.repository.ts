import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel } from '../domain/channel.js';

export interface LoggedDelivery {
  readonly alert_id: string;
  readonly channel: Channel;
  readonly target: string;
  readonly kind: 'firing' | 'resolved' | 'reminder';
  readonly status: 'pending' | 'sent' | 'failed' | 'skipped';
  readonly attempts: number;
  readonly detected_at: Date;
  readonly sent_at: Date | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly fallback_for: Channel | null;
  readonly possible_duplicate: boolean;
}

/** Reads what became of notices. */
@Injectable()
export class DeliveryLogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. One that was folded into a digest has the fate of the digest. */
  async ofAlerts(alertIds: readonly string[]): Promise<LoggedDelivery[]> {
    return this.dataSource.query<LoggedDelivery[]>(
      `SELECT notice.alert_id, delivery.channel, delivery.target, notice.kind, notice.detected_at, delivery.reason,
              delivery.fallback_for, fate.status, fate.attempts, fate.sent_at, fate.error, fate.possible_duplicate
         FROM notification_notices notice
         JOIN notification_deliveries delivery ON delivery.notice_id = notice.id
         JOIN notification_deliveries fate ON fate.id = coalesce(delivery.folded_into, delivery.id)
        WHERE notice.alert_id = ANY ($1::uuid[])
        ORDER BY notice.detected_at, delivery.id`,
      [alertIds],
    );
  }
}
