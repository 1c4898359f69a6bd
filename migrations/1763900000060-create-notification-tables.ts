import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotificationTables1763900000060 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...OUTBOX, ...INBOX, ...PREFERENCES]) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of [
      'notification_preferences',
      'in_app_reads',
      'in_app_notifications',
      'notification_deliveries',
      'notification_notices',
    ]) {
      await db.query(`DROP TABLE ${table}`);
    }
  }
}

const CHANNELS = `('in_app', 'email', 'slack', 'sms')`;
const SEVERITIES = `('info', 'warning', 'critical')`;

/** No foreign keys: the outbox is written by the thousand, and outlives what it is about. */
const OUTBOX = [
  `CREATE TABLE notification_notices (
    id uuid NOT NULL,
    alert_id uuid,
    transition_id uuid NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    detected_at timestamptz NOT NULL,
    content jsonb NOT NULL,
    correlation_id text NOT NULL,
    CONSTRAINT notification_notices_pkey PRIMARY KEY (id),
    CONSTRAINT notification_notices_transition UNIQUE (transition_id, kind),
    CONSTRAINT notification_notices_kind CHECK (kind IN ('firing', 'resolved', 'reminder', 'late')),
    CONSTRAINT notification_notices_severity CHECK (severity IN ${SEVERITIES})
  )`,
  `CREATE INDEX notification_notices_alert ON notification_notices (alert_id)`,
  `CREATE INDEX notification_notices_detected ON notification_notices (detected_at)`,
  `CREATE TABLE notification_deliveries (
    id uuid NOT NULL,
    notice_id uuid NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    target text NOT NULL,
    recipients text[] NOT NULL,
    severity text NOT NULL,
    lane text,
    status text NOT NULL DEFAULT 'pending',
    reason text,
    error text,
    fallback_for text,
    possible_duplicate boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    held_until timestamptz,
    released_at timestamptz,
    digest boolean NOT NULL DEFAULT false,
    folded_into uuid,
    enqueued_at timestamptz,
    enqueues integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    sent_at timestamptz,
    provider_reference text,
    reported_late boolean NOT NULL DEFAULT false,
    CONSTRAINT notification_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT notification_deliveries_once UNIQUE (notice_id, channel, address),
    CONSTRAINT notification_deliveries_channel CHECK (channel IN ${CHANNELS}),
    CONSTRAINT notification_deliveries_severity CHECK (severity IN ${SEVERITIES}),
    CONSTRAINT notification_deliveries_lane CHECK (lane IN ('routine', 'critical_sms')),
    CONSTRAINT notification_deliveries_status CHECK (status IN ('pending', 'folded', 'sent', 'failed', 'skipped'))
  )`,
  `CREATE INDEX notification_deliveries_pending ON notification_deliveries (channel, due_at) WHERE status = 'pending'`,
  `CREATE INDEX notification_deliveries_lane_released
     ON notification_deliveries (address, channel, lane, released_at) WHERE lane IS NOT NULL`,
  `CREATE INDEX notification_deliveries_folded ON notification_deliveries (folded_into) WHERE folded_into IS NOT NULL`,
];

const INBOX = [
  `CREATE TABLE in_app_notifications (
    id uuid NOT NULL,
    notice_id uuid NOT NULL,
    audience text NOT NULL,
    alert_id uuid,
    severity text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT in_app_notifications_pkey PRIMARY KEY (id),
    CONSTRAINT in_app_notifications_once UNIQUE (notice_id, audience),
    CONSTRAINT in_app_notifications_severity CHECK (severity IN ${SEVERITIES})
  )`,
  `CREATE INDEX in_app_notifications_audience ON in_app_notifications (audience, created_at, id)`,
  `CREATE TABLE in_app_reads (
    user_id text NOT NULL,
    notification_id uuid NOT NULL,
    read_at timestamptz NOT NULL,
    CONSTRAINT in_app_reads_pkey PRIMARY KEY (user_id, notification_id)
  )`,
];

const PREFERENCES = [
  `CREATE TABLE notification_preferences (
    owner text NOT NULL,
    email text,
    phone text,
    slack_webhook_url text,
    channels jsonb,
    quiet_hours jsonb,
    scope text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    CONSTRAINT notification_preferences_pkey PRIMARY KEY (owner),
    CONSTRAINT notification_preferences_scope CHECK (scope IN ('all', 'business'))
  )`,
];
