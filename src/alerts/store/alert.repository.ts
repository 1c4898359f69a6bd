import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Place } from '../dto/place.js';
import type { ConditionKind, Severity } from '../domain/alert-config.js';

export interface StoredAlert {
  readonly id: string;
  readonly config_id: string;
  readonly config_name: string;
  readonly metric: string;
  readonly filters: Record<string, string>;
  readonly group_value: string | null;
  readonly condition: ConditionKind;
  readonly severity: Severity;
  readonly status: 'firing' | 'acknowledged' | 'resolved';
  readonly value: number | null;
  readonly peak_value: number | null;
  readonly resolved_value: number | null;
  readonly threshold: number;
  readonly triggered_at: Date;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly note: string | null;
  readonly partial: boolean;
}

/** Which alerts the caller may see: all, or those on `business.*` metrics only. */
export type AlertScope = 'all' | 'business';

export interface AlertSearch {
  readonly scope: AlertScope;
  readonly status?: string | undefined;
  readonly severity?: string | undefined;
  readonly configId?: string | undefined;
  /** Half-open, of `triggered_at`. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly limit: number;
  readonly after?: Place | undefined;
}

export interface StoredTimelineEntry {
  readonly at: Date;
  readonly state: string;
  readonly value: number | null;
  readonly reason: string | null;
  readonly who: string | null;
  readonly note: string | null;
}

const COLUMNS = `id, config_id, config_name, metric, filters, group_value, condition, severity, status, value, peak_value,
  resolved_value, threshold, triggered_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note, partial`;

/** The predicate of the index `alert_history_business`. */
const IN_SCOPE: Record<AlertScope, string> = { all: 'true', business: `metric LIKE 'business.%'` };

/** Alerts as people look at them: one, or a page of them. */
@Injectable()
export class AlertRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Newest first. Only the conditions that were asked for are in the statement, so that their index is used. */
  async page(search: AlertSearch): Promise<StoredAlert[]> {
    const given: unknown[] = [search.limit];
    const bind = (value: unknown): string => `$${given.push(value)}`;
    const conditions = [
      ...(search.scope === 'all' ? [] : [IN_SCOPE.business]),
      ...(search.status === undefined ? [] : [`status = ${bind(search.status)}`]),
      ...(search.severity === undefined ? [] : [`severity = ${bind(search.severity)}`]),
      ...(search.configId === undefined ? [] : [`config_id = ${bind(search.configId)}`]),
      ...(search.from === undefined ? [] : [`triggered_at >= ${bind(search.from)}`]),
      ...(search.to === undefined ? [] : [`triggered_at < ${bind(search.to)}`]),
      ...(search.after ? [`(triggered_at, id) < (${bind(search.after.at)}, ${bind(search.after.id)})`] : []),
    ];
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM alert_history ${where} ORDER BY triggered_at DESC, id DESC LIMIT $1`,
      given,
    );
  }

  /** Undefined also where the alert exists outside of the scope. */
  async find(id: string, scope: AlertScope): Promise<StoredAlert | undefined> {
    const rows: StoredAlert[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM alert_history WHERE id = $1 AND ${IN_SCOPE[scope]}`,
      [id],
    );
    return rows[0];
  }

  /** Oldest first. */
  async timeline(alertId: string): Promise<StoredTimelineEntry[]> {
    return this.dataSource.query(
      `SELECT at, state, value, reason, who, note FROM alert_transitions WHERE alert_id = $1
        ORDER BY at, array_position(ARRAY['pending', 'firing', 'notified', 'reminded', 'acknowledged', 'recovering'], state), id`,
      [alertId],
    );
  }

  /** Alerts that nobody acknowledged yet, by severity. */
  async unacknowledged(): Promise<Partial<Record<Severity, number>>> {
    const rows: { severity: Severity; alerts: number }[] = await this.dataSource.query(
      `SELECT severity, count(*)::int AS alerts FROM alert_history WHERE status = 'firing' GROUP BY severity`,
    );
    return Object.fromEntries(rows.map(({ severity, alerts }) => [severity, alerts]));
  }
}
