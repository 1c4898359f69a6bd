import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProductLabels1763900000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE TABLE product_labels (
        product_id text NOT NULL,
        name text,
        name_at timestamptz,
        collection text,
        collection_at timestamptz,
        CONSTRAINT product_labels_pkey PRIMARY KEY (product_id)
      )`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE product_labels');
  }
}
