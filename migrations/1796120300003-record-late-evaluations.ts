import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Evaluations that were late or failed, of all processes. */
export class RecordLateEvaluations1796120300003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE TABLE alert_evaluation_incidents (
        id bigserial,
        recorded_at timestamptz NOT NULL,
        kind text NOT NULL,
        tick timestamptz NOT NULL,
        detail jsonb NOT NULL,
        CONSTRAINT alert_evaluation_incidents_pkey PRIMARY KEY (id),
        CONSTRAINT alert_evaluation_incidents_kind
          CHECK (kind IN ('late', 'skipped', 'failed', 'taken_back', 'clock_skew'))
      )`,
    );
    await db.query('CREATE INDEX alert_evaluation_incidents_recorded ON alert_evaluation_incidents (recorded_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE alert_evaluation_incidents');
  }
}
