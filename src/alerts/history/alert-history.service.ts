import { Injectable } from '@nestjs/common';
import { DeliveryLog } from '../../notifications/index.js';
import { InvalidInputError, NotFoundError } from '../../platform/errors/index.js';
import type { AlertDetailDto, AlertDto, AlertHistoryQueryDto } from '../dto/alert.dto.js';
import { placeOfCursor, type Place } from '../dto/place.js';
import { readInstant } from '../read-instant.js';
import { AlertRepository, type AlertScope, type AlertSearch, type StoredAlert } from '../store/alert.repository.js';
import { alertToDto, timelineToDto } from './alert-wire.js';

export type { AlertScope };

/** Alerts, open and past. */
@Injectable()
export class AlertHistoryService {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly deliveries: DeliveryLog,
  ) {}

  /** Newest first. @throws InvalidInputError */
  async history(query: AlertHistoryQueryDto, limit: number, scope: AlertScope): Promise<AlertDto[]> {
    const from = query.from === undefined ? undefined : readInstant('from', query.from);
    const to = query.to === undefined ? undefined : readInstant('to', query.to);
    if (from && to && from >= to) throw new InvalidInputError([{ path: 'from', message: 'must be before to' }]);
    const { status, severity, config_id: configId } = query;
    return this.find({ scope, status, severity, configId, from, to, limit, after: placeOfCursor(query.cursor) });
  }

  /** Alerts that still fire, newest first: the unacknowledged, or the acknowledged. */
  async active(
    state: 'firing' | 'acknowledged',
    limit: number,
    { scope, after }: { readonly scope: AlertScope; readonly after?: Place | undefined },
  ): Promise<AlertDto[]> {
    return this.find({ scope, status: state, limit, after });
  }

  /** @throws NotFoundError, also for an alert outside of the scope: its existence is not disclosed */
  async get(id: string, scope: AlertScope): Promise<AlertDetailDto> {
    const alert = await this.alerts.find(id, scope);
    if (!alert) throw new NotFoundError('There is no alert with this id.');
    const timeline = await this.alerts.timeline(id);
    return { ...(await this.toDtos([alert]))[0]!, timeline: timeline.map(timelineToDto) };
  }

  private async find(search: AlertSearch): Promise<AlertDto[]> {
    return this.toDtos(await this.alerts.page(search));
  }

  private async toDtos(alerts: readonly StoredAlert[]): Promise<AlertDto[]> {
    const notifications = await this.deliveries.forAlerts(alerts.map(({ id }) => id));
    return alerts.map((alert) => alertToDto(alert, notifications.get(alert.id) ?? []));
  }
}
