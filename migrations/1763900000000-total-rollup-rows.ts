import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Families of events whose rows add up: not the samples, and not last values. */
const FAMILIES = `('api', 'ml', 'orders', 'order_collections', 'order_products', 'storefront', 'storefront_products',
  'errors', 'alerts')`;

/**
 * Adds to every bucket the row of no dimensions that sums up all of its others. Sketches merge by appending; the
 * percentile columns of buckets from before stay empty, as nothing reads them.
 */
export class TotalRollupRows1763900000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `INSERT INTO analytics_rollups
         (family, granularity, bucket_start, dimensions, sealed, count, sum, avg, min, max, sketch, distinct_sketch, sums)
       SELECT family, granularity, bucket_start, '{}', sealed, sum(count), sum(sum), sum(sum) / sum(count), min(min), max(max),
              string_agg(sketch, ''::bytea), string_agg(distinct_sketch, ''::bytea),
              ARRAY(SELECT sum(amount) FROM analytics_rollups one, unnest(one.sums) WITH ORDINALITY AS s(amount, place)
                     WHERE (one.family, one.granularity, one.bucket_start, one.sealed)
                         = (r.family, r.granularity, r.bucket_start, r.sealed)
                     GROUP BY place ORDER BY place)
         FROM analytics_rollups r WHERE family IN ${FAMILIES}
        GROUP BY family, granularity, bucket_start, sealed`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DELETE FROM analytics_rollups WHERE dimensions = '{}' AND family IN ${FAMILIES}`);
  }
}
