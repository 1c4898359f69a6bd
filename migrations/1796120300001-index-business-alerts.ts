import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The alerts that a business_viewer may list, newest first, however many others there are. */
export class IndexBusinessAlerts1796120300001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE INDEX alert_history_business ON alert_history (triggered_at, id) WHERE metric LIKE 'business.%'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX alert_history_business');
  }
}
