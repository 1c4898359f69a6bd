import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was released is counted; what waits, or was folded, need not be in the index. */
export class IndexReleasedDeliveries1763900000062 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await replaceIndex(db, 'lane IS NOT NULL AND released_at IS NOT NULL');
  }

  async down(db: QueryRunner): Promise<void> {
    await replaceIndex(db, 'lane IS NOT NULL');
  }
}

async function replaceIndex(db: QueryRunner, condition: string): Promise<void> {
  await db.query('DROP INDEX notification_deliveries_lane_released');
  await db.query(
    `CREATE INDEX notification_deliveries_lane_released
       ON notification_deliveries (address, channel, lane, released_at) WHERE ${condition}`,
  );
}
