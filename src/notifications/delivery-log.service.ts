import { Injectable } from '@nestjs/common';
import { decodeCursor, pageOf, readUuidPlace } from '../platform/http/index.js';
import type { DeliveryDto, DeliveryPageDto, DeliveryQueryDto } from './dto/delivery.dto.js';
import { DeliveryLogRepository, type ListedDelivery, type LoggedDelivery } from './store/delivery-log.repository.js';

/** One line of an alert's `notifications`, as the API shows it. */
export interface AlertNotification {
  channel: 'in_app' | 'email' | 'slack' | 'sms';
  /** Masked; '' where nobody has an address on that channel. */
  target: string;
  kind: 'firing' | 'resolved' | 'reminder';
  status: 'pending' | 'sent' | 'failed' | 'skipped';
  attempts: number;
  detected_at: string;
  sent_at: string | null;
  /** What the last attempt ended with; of one that was sent, a warning about the answer. */
  error?: string;
  /** Why it was skipped: `silenced`, `cooldown`, `preferences` or `not configured`. */
  reason?: string;
  /** The channel that failed or is late, which this one stands in for. */
  fallback_for?: string;
  /** True: an earlier attempt may have arrived as well. */
  possible_duplicate?: boolean;
}

/** What became of an alert's notices. */
@Injectable()
export class DeliveryLog {
  constructor(private readonly repository: DeliveryLogRepository) {}

  /** Oldest first, by alert; an alert without any has no entry. */
  async forAlerts(alertIds: readonly string[]): Promise<Map<string, AlertNotification[]>> {
    const byAlert = new Map<string, AlertNotification[]>();
    if (alertIds.length === 0) return byAlert;
    for (const delivery of await this.repository.ofAlerts(alertIds)) {
      const known = byAlert.get(delivery.alert_id);
      if (known) known.push(toNotification(delivery));
      else byAlert.set(delivery.alert_id, [toNotification(delivery)]);
    }
    return byAlert;
  }

  /** Of all notices, newest first. @throws InvalidInputError */
  async page({ limit, cursor, status, channel, alert_id: alertId }: DeliveryQueryDto): Promise<DeliveryPageDto> {
    const after = decodeCursor(cursor, readUuidPlace);
    const found = await this.repository.page({ limit: limit + 1, after, status, channel, alertId });
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: page.items.map(toDelivery) };
  }
}

function toDelivery(delivery: ListedDelivery): DeliveryDto {
  const { id, alert_id, config_name, severity } = delivery;
  return { id, alert_id, config_name, severity, ...toNotification(delivery) };
}

function toNotification<Kind extends string>(
  delivery: Omit<LoggedDelivery, 'alert_id' | 'kind'> & { readonly kind: Kind },
): Omit<AlertNotification, 'kind' | 'fallback_for'> & { kind: Kind; fallback_for?: LoggedDelivery['channel'] } {
  return {
    channel: delivery.channel,
    target: delivery.target,
    kind: delivery.kind,
    status: delivery.status,
    attempts: delivery.attempts,
    detected_at: delivery.detected_at.toISOString(),
    sent_at: delivery.sent_at?.toISOString() ?? null,
    ...(delivery.error !== null && { error: delivery.error }),
    ...(delivery.reason !== null && { reason: delivery.reason }),
    ...(delivery.fallback_for !== null && { fallback_for: delivery.fallback_for }),
    ...(delivery.possible_duplicate && { possible_duplicate: true }),
  };
}
