import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A mark may name its events, so that they can be added to a minute without reading all of it again. */
export class NameLateEvents1763900000080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE rollup_invalidations ADD COLUMN late_ids uuid[], ADD COLUMN late_offsets integer[]');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE rollup_invalidations DROP COLUMN late_offsets, DROP COLUMN late_ids');
  }
}
