import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAlertStates1763900000050 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['alert_evaluation_notes', 'alert_engine', 'alert_transitions', 'alert_states']) {
      await db.query(`DROP TABLE ${table}`);
    }
  }
}

const TABLES = [
  `CREATE TABLE alert_states (
    config_id uuid NOT NULL,
    instance text NOT NULL,
    group_value text,
    phase text NOT NULL,
    since timestamptz NOT NULL,
    alert_id uuid,
    triggered_at timestamptz,
    value double precision,
    peak_value double precision,
    acknowledged boolean NOT NULL DEFAULT false,
    muted text,
    reminded_at timestamptz,
    noticed_at timestamptz,
    held_until timestamptz,
    CONSTRAINT alert_states_pkey PRIMARY KEY (config_id, instance),
    CONSTRAINT alert_states_phase CHECK (phase IN ('normal', 'pending', 'firing', 'recovering', 'held')),
    CONSTRAINT alert_states_muted CHECK (muted IN ('cooldown', 'silenced')),
    CONSTRAINT alert_states_episode CHECK ((phase IN ('firing', 'recovering')) = (alert_id IS NOT NULL))
  )`,
  `CREATE UNIQUE INDEX alert_states_alert ON alert_states (alert_id) WHERE alert_id IS NOT NULL`,
  `CREATE TABLE alert_transitions (
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    at timestamptz NOT NULL,
    state text NOT NULL,
    value double precision,
    reason text,
    who text,
    note text,
    CONSTRAINT alert_transitions_pkey PRIMARY KEY (id)
  )`,
  `CREATE INDEX alert_transitions_alert ON alert_transitions (alert_id, at)`,
  `CREATE TABLE alert_engine (
    single boolean NOT NULL DEFAULT true,
    last_tick timestamptz NOT NULL,
    CONSTRAINT alert_engine_pkey PRIMARY KEY (single),
    CONSTRAINT alert_engine_single CHECK (single)
  )`,
  `INSERT INTO alert_engine (last_tick) VALUES ('-infinity')`,
  `CREATE TABLE alert_evaluation_notes (
    config_id uuid NOT NULL,
    warnings text[] NOT NULL,
    CONSTRAINT alert_evaluation_notes_pkey PRIMARY KEY (config_id)
  )`,
];
