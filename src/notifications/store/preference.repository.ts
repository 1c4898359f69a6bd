import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Owner, Preferences, Scope } from '../domain/preferences.js';
import type { Day } from '../domain/quiet-hours.js';
import type { TransactionHandle } from './transaction.js';

interface Row {
  owner: Owner;
  email: string | null;
  phone: string | null;
  slack_webhook_url: string | null;
  channels: Preferences['channels'] | null;
  quiet_hours: { start: string; end: string; time_zone: string; days: Day[] } | null;
  scope: Scope;
  enabled: boolean;
}

const COLUMNS = 'owner, email, phone, slack_webhook_url, channels, quiet_hours, scope, enabled';

/** How people and teams want to be told. */
@Injectable()
export class PreferenceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Of everybody who saved any, by owner. */
  async all(db: TransactionHandle = this.dataSource): Promise<Map<Owner, Preferences>> {
    const rows = await db.query<Row[]>(`SELECT ${COLUMNS} FROM notification_preferences ORDER BY owner`);
    return new Map(rows.map((row) => [row.owner, toPreferences(row)]));
  }

  async find(owner: Owner): Promise<Preferences | undefined> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM notification_preferences WHERE owner = $1`,
      [owner],
    );
    return rows[0] && toPreferences(rows[0]);
  }

  async save(owner: Owner, preferences: Preferences, by: { readonly who: string; readonly at: Date }): Promise<void> {
    const { email, phone, slackWebhookUrl, channels, scope, enabled } = preferences;
    await this.dataSource.query(
      `INSERT INTO notification_preferences (${COLUMNS}, updated_at, updated_by)
       VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, $10)
       ON CONFLICT (owner) DO UPDATE SET email = EXCLUDED.email, phone = EXCLUDED.phone,
         slack_webhook_url = EXCLUDED.slack_webhook_url, channels = EXCLUDED.channels,
         quiet_hours = EXCLUDED.quiet_hours, scope = EXCLUDED.scope, enabled = EXCLUDED.enabled,
         updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
      [
        owner,
        email,
        phone,
        slackWebhookUrl,
        JSON.stringify(channels),
        quietHoursJson(preferences),
        scope,
        enabled,
        by.at,
        by.who,
      ],
    );
  }
}

function quietHoursJson({ quietHours }: Preferences): string | null {
  if (quietHours === null) return null;
  const { start, end, timeZone, days } = quietHours;
  return JSON.stringify({ start, end, time_zone: timeZone, days });
}

function toPreferences(row: Row): Preferences {
  const quiet = row.quiet_hours;
  return {
    email: row.email,
    phone: row.phone,
    slackWebhookUrl: row.slack_webhook_url,
    channels: row.channels ?? {},
    quietHours: quiet && { start: quiet.start, end: quiet.end, timeZone: quiet.time_zone, days: quiet.days },
    scope: row.scope,
    enabled: row.enabled,
  };
}
