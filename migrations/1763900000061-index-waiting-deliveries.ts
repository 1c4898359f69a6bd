import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The looks that the dispatcher takes every few seconds: few rows each, however many wait. */
export class IndexWaitingDeliveries1763900000061 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX notification_deliveries_pending');
    await db.query(
      `CREATE INDEX notification_deliveries_pending ON notification_deliveries (channel, severity, due_at)
        WHERE status = 'pending'`,
    );
    await db.query(
      `CREATE INDEX notification_deliveries_fresh ON notification_deliveries (due_at)
        WHERE status = 'pending' AND released_at IS NULL`,
    );
    await db.query(
      `CREATE INDEX notification_deliveries_enqueued ON notification_deliveries (channel)
        WHERE status = 'pending' AND enqueued_at IS NOT NULL`,
    );
    await db.query(
      `CREATE INDEX notification_deliveries_digests ON notification_deliveries (address, channel, lane)
        WHERE digest AND status = 'pending'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    for (const index of ['digests', 'enqueued', 'fresh', 'pending']) {
      await db.query(`DROP INDEX notification_deliveries_${index}`);
    }
    await db.query(
      `CREATE INDEX notification_deliveries_pending ON notification_deliveries (channel, due_at) WHERE status = 'pending'`,
    );
  }
}
