import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel, Severity } from '../domain/channel.js';

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

export interface ListedDelivery extends Omit<LoggedDelivery, 'alert_id' | 'kind'> {
  readonly id: string;
  readonly alert_id: string | null;
  readonly config_name: string | null;
  readonly severity: Severity;
  readonly kind: 'firing' | 'resolved' | 'reminder' | 'late';
}

export interface DeliverySearch {
  readonly limit: number;
  /** Id of the last one of the page before. */
  readonly after?: string;
  readonly status?: string;
  readonly channel?: Channel;
  readonly alertId?: string;
}

const FATE = `delivery.channel, delivery.target, notice.kind, notice.detected_at, delivery.reason, delivery.fallback_for,
  fate.status, fate.attempts, fate.sent_at, fate.error, fate.possible_duplicate`;

const WITH_FATE = `notification_notices notice
  JOIN notification_deliveries delivery ON delivery.notice_id = notice.id
  JOIN notification_deliveries fate ON fate.id = coalesce(delivery.folded_into, delivery.id)`;

/** Reads what became of notices. */
@Injectable()
export class DeliveryLogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. One that was folded into a digest has the fate of the digest. */
  async ofAlerts(alertIds: readonly string[]): Promise<LoggedDelivery[]> {
    return this.dataSource.query<LoggedDelivery[]>(
      `SELECT notice.alert_id, ${FATE} FROM ${WITH_FATE}
        WHERE notice.alert_id = ANY ($1::uuid[]) ORDER BY notice.detected_at, delivery.id`,
      [alertIds],
    );
  }

  /** Newest first: ids are made in the order of time. */
  async page({ limit, after, status, channel, alertId }: DeliverySearch): Promise<ListedDelivery[]> {
    return this.dataSource.query<ListedDelivery[]>(
      `SELECT delivery.id, notice.alert_id, notice.severity, notice.content -> 'config' ->> 'name' AS config_name, ${FATE}
         FROM ${WITH_FATE}
        WHERE ($1::uuid IS NULL OR delivery.id < $1) AND ($2::text IS NULL OR fate.status = $2)
          AND ($3::text IS NULL OR delivery.channel = $3) AND ($4::uuid IS NULL OR notice.alert_id = $4)
        ORDER BY delivery.id DESC LIMIT $5`,
      [after ?? null, status ?? null, channel ?? null, alertId ?? null, limit],
    );
  }
}
