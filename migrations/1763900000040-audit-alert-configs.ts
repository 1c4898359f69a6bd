import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed which alert config, and silences. */
export class AuditAlertConfigs1763900000040 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE TABLE alert_config_changes (
      id bigserial,
      config_id uuid NOT NULL,
      changed_at timestamptz NOT NULL,
      changed_by text NOT NULL,
      action text NOT NULL,
      before jsonb,
      after jsonb,
      CONSTRAINT alert_config_changes_pkey PRIMARY KEY (id),
      CONSTRAINT alert_config_changes_action CHECK (action IN ('created', 'updated', 'deleted'))
    )`);
    await db.query('CREATE INDEX alert_config_changes_config ON alert_config_changes (config_id, id)');
    await db.query(`CREATE TABLE alert_silences (
      id uuid NOT NULL,
      matchers jsonb NOT NULL,
      starts_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      reason text NOT NULL,
      created_at timestamptz NOT NULL,
      created_by text NOT NULL,
      CONSTRAINT alert_silences_pkey PRIMARY KEY (id),
      CONSTRAINT alert_silences_times CHECK (starts_at < ends_at)
    )`);
    await db.query('CREATE INDEX alert_silences_ends ON alert_silences (ends_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE alert_silences');
    await db.query('DROP TABLE alert_config_changes');
  }
}
