import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A silence that is ended keeps its row; a resolved notice that it suppressed is sent when it ends; and a severity that
 * was raised since the last notice is known.
 */
export class EndSilences1796120300002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const statement of DOWN) await db.query(statement);
  }
}

const UP = [
  `ALTER TABLE alert_silences ADD COLUMN ended_at timestamptz, ADD COLUMN ended_by text`,
  `ALTER TABLE alert_states ADD COLUMN noticed_severity text,
     ADD CONSTRAINT alert_states_noticed_severity CHECK (noticed_severity IN ('info', 'warning', 'critical'))`,
  `CREATE TABLE alert_silenced_resolutions (
    alert_id uuid NOT NULL,
    rule jsonb NOT NULL,
    notice jsonb NOT NULL,
    CONSTRAINT alert_silenced_resolutions_pkey PRIMARY KEY (alert_id)
  )`,
];

const DOWN = [
  `DROP TABLE alert_silenced_resolutions`,
  `ALTER TABLE alert_states DROP COLUMN noticed_severity`,
  `DELETE FROM alert_silences WHERE ended_at IS NOT NULL`,
  `ALTER TABLE alert_silences DROP COLUMN ended_at, DROP COLUMN ended_by`,
];
