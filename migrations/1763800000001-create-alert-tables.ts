import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAlertTables1763800000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...ALERTS, ...SCHEDULES]) {
      await db.query(statement);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['schedule_ticks', 'alert_history', 'alert_configs']) {
      await db.query(`DROP TABLE ${table}`);
    }
  }
}

const ALERTS = [
  `CREATE TABLE alert_configs (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    version integer NOT NULL DEFAULT 1,
    name text NOT NULL,
    description text,
    metric text NOT NULL,
    filters jsonb NOT NULL DEFAULT '{}',
    group_by text,
    condition text NOT NULL,
    threshold double precision NOT NULL,
    recovery_threshold double precision,
    severity text NOT NULL,
    window_seconds integer NOT NULL DEFAULT 300,
    for_seconds integer NOT NULL DEFAULT 0,
    cooldown_seconds integer NOT NULL DEFAULT 300,
    renotify_seconds integer,
    evaluation_delay_seconds integer NOT NULL DEFAULT 0,
    min_samples integer NOT NULL DEFAULT 1,
    no_data text NOT NULL DEFAULT 'ok',
    on_error text NOT NULL DEFAULT 'keep',
    channels text[],
    recipients jsonb,
    runbook_url text,
    labels jsonb NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    CONSTRAINT alert_configs_pkey PRIMARY KEY (id),
    CONSTRAINT alert_configs_name UNIQUE (name),
    CONSTRAINT alert_configs_condition
      CHECK (condition IN ('threshold_above', 'threshold_below', 'rate_of_change', 'anomaly')),
    CONSTRAINT alert_configs_severity CHECK (severity IN ('info', 'warning', 'critical')),
    CONSTRAINT alert_configs_no_data CHECK (no_data IN ('ok', 'keep', 'alert')),
    CONSTRAINT alert_configs_on_error CHECK (on_error IN ('keep', 'alert'))
  )`,
  `CREATE TABLE alert_history (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    config_id uuid NOT NULL,
    config_name text NOT NULL,
    metric text NOT NULL,
    filters jsonb NOT NULL DEFAULT '{}',
    group_value text,
    condition text NOT NULL,
    severity text NOT NULL,
    status text NOT NULL DEFAULT 'firing',
    value double precision,
    peak_value double precision,
    resolved_value double precision,
    threshold double precision NOT NULL,
    triggered_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    note text,
    CONSTRAINT alert_history_pkey PRIMARY KEY (id),
    CONSTRAINT alert_history_status CHECK (status IN ('firing', 'acknowledged', 'resolved')),
    CONSTRAINT alert_history_severity CHECK (severity IN ('info', 'warning', 'critical'))
  )`,
  `CREATE INDEX alert_history_triggered ON alert_history (triggered_at, id)`,
  `CREATE INDEX alert_history_config_triggered ON alert_history (config_id, triggered_at)`,
  `CREATE INDEX alert_history_open ON alert_history (status, triggered_at) WHERE status <> 'resolved'`,
];

const SCHEDULES = [
  `CREATE TABLE schedule_ticks (
    name text NOT NULL,
    tick timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    CONSTRAINT schedule_ticks_pkey PRIMARY KEY (name, tick)
  )`,
];
