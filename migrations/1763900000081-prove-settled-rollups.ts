import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The totals of a bucket tell readers whether it was written since they read it: they get an index of their own, and
 * buckets of stock levels get totals as well.
 */
export class ProveSettledRollups1763900000081 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE INDEX analytics_rollups_totals ON analytics_rollups (family, granularity, bucket_start)
        WHERE dimensions = '{}'`,
    );
    await db.query(
      `INSERT INTO analytics_rollups (family, granularity, bucket_start, dimensions, sealed, count, sums, last_value, last_at)
       SELECT family, granularity, bucket_start, '{}', sealed, sum(count), '{}',
              (array_agg(last_value ORDER BY last_at DESC NULLS LAST))[1], max(last_at)
         FROM analytics_rollups WHERE family = 'inventory' GROUP BY family, granularity, bucket_start, sealed`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DELETE FROM analytics_rollups WHERE family = 'inventory' AND dimensions = '{}'`);
    await db.query('DROP INDEX analytics_rollups_totals');
  }
}
