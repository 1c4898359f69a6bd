import type { MigrationInterface, QueryRunner } from 'typeorm';

const REWRITTEN = ['orders', 'order_collections', 'order_products', 'customers'];

/**
 * Customers, order values and what lines give back are kept from here on. What raw events still tell of them is rolled up
 * again.
 */
export class KeepFirstOrders1796120900000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE TABLE first_seen (
        family text NOT NULL,
        hash bytea NOT NULL,
        dimensions text[] NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        CONSTRAINT first_seen_pkey PRIMARY KEY (family, hash, dimensions)
      )`,
    );
    await db.query('CREATE INDEX first_seen_first_at ON first_seen (family, first_at)');
    await db.query('CREATE INDEX first_seen_last_at ON first_seen (family, last_at)');
    await db.query(
      `INSERT INTO rollup_invalidations (family, level, bucket_start, events)
       SELECT family, 'minute', minute, events
         FROM (SELECT date_trunc('minute', occurred_at) AS minute, count(*) AS events
                 FROM analytics_events WHERE event_type = 'order' GROUP BY 1) orders
        CROSS JOIN unnest($1::text[]) AS family`,
      [REWRITTEN],
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE first_seen');
  }
}
