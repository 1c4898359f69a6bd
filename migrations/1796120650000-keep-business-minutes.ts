import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * At most one row: from `kept_since` on, minute rollups of business families are complete and kept as long as days. It is
 * written at the first start with a STORE_TIME_ZONE that is not whole hours from UTC.
 */
export class KeepBusinessMinutes1796120650000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE TABLE business_minute_retention (
        id smallint NOT NULL DEFAULT 1,
        kept_since timestamptz NOT NULL,
        CONSTRAINT business_minute_retention_pkey PRIMARY KEY (id),
        CONSTRAINT business_minute_retention_one_row CHECK (id = 1)
      )`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE business_minute_retention');
  }
}
