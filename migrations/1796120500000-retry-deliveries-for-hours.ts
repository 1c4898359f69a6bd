import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A delivery is tried for hours: attempts are counted apart from the claims of workers, and when its fallback is due is
 * kept. Workers of an earlier version go on beside it; they give up after six attempts, as they did.
 */
export class RetryDeliveriesForHours1796120500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `ALTER TABLE notification_deliveries
         ADD COLUMN claim_count integer NOT NULL DEFAULT 0,
         ADD COLUMN attempt_started_at timestamptz,
         ADD COLUMN first_attempt_at timestamptz,
         ADD COLUMN fallback_at timestamptz`,
    );
    await db.query(
      `CREATE INDEX notification_deliveries_fallback ON notification_deliveries (fallback_at)
        WHERE status = 'pending' AND fallback_at IS NOT NULL`,
    );
    await db.query(
      `CREATE INDEX notification_deliveries_failed ON notification_deliveries (due_at) WHERE status = 'failed'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX notification_deliveries_failed');
    await db.query('DROP INDEX notification_deliveries_fallback');
    await db.query(
      `ALTER TABLE notification_deliveries
         DROP COLUMN fallback_at, DROP COLUMN first_attempt_at, DROP COLUMN attempt_started_at, DROP COLUMN claim_count`,
    );
  }
}
