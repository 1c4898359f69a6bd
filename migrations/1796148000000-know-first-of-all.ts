import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each row of `first_seen` gets the first time of its value with whatever dimensions, and each value a row by currency
 * alone. A process of the version before, which still runs, writes neither; the default is put right when the value is
 * seen again.
 */
export class KnowFirstOfAll1796148000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE first_seen ADD COLUMN since timestamptz NOT NULL DEFAULT 'infinity'`);
    await db.query(
      `UPDATE first_seen known SET since = earliest.since
         FROM (SELECT family, hash, min(first_at) AS since FROM first_seen GROUP BY family, hash) earliest
        WHERE known.family = earliest.family AND known.hash = earliest.hash`,
    );
    await db.query(
      `INSERT INTO first_seen (family, hash, dimensions, first_at, since, last_at)
       SELECT family, hash, ARRAY[dimensions[1], NULL], min(first_at), min(since), max(last_at)
         FROM first_seen GROUP BY family, hash, dimensions[1]`,
    );
    await db.query('CREATE INDEX first_seen_since ON first_seen (family, dimensions, since, first_at)');
    await db.query('DROP INDEX first_seen_first_at');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('CREATE INDEX first_seen_first_at ON first_seen (family, first_at)');
    await db.query('DROP INDEX first_seen_since');
    await db.query('DELETE FROM first_seen WHERE dimensions[2] IS NULL');
    await db.query('ALTER TABLE first_seen DROP COLUMN since');
  }
}
