import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What families of last known values (inventory) keep in a rollup. */
export class KeepLastValues1763800000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE analytics_rollups ADD COLUMN last_value numeric, ADD COLUMN last_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE analytics_rollups DROP COLUMN last_at, DROP COLUMN last_value');
  }
}
