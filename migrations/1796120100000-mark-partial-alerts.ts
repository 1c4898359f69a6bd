import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether the value of an alert, or what an instance was judged by, lacks events that are still being rolled up. */
export class MarkPartialAlerts1796120100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE alert_states ADD COLUMN partial boolean NOT NULL DEFAULT false');
    await db.query('ALTER TABLE alert_history ADD COLUMN partial boolean NOT NULL DEFAULT false');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE alert_history DROP COLUMN partial');
    await db.query('ALTER TABLE alert_states DROP COLUMN partial');
  }
}
