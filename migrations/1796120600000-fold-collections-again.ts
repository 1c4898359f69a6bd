import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Families of events with a collection, in the order of the catalogue, which is the order of their locks. */
const FAMILIES = ['order_collections', 'order_products', 'storefront', 'storefront_products', 'inventory'];
/** Where the collection stands among the dimensions of a family, counted from 1. */
const PLACE = `CASE family WHEN 'order_collections' THEN 3 WHEN 'order_products' THEN 3
  WHEN 'storefront' THEN 2 WHEN 'storefront_products' THEN 2 WHEN 'inventory' THEN 1 END`;

/** Slugs of ASCII were folded right before; PostgreSQL knows no other way to tell that works in every locale. */
const isNotAscii = (text: string): string => `octet_length(${text}) <> char_length(${text})`;

const LINES = 'jsonb_to_recordset(e.items) AS l(collection text)';

/**
 * Folds the slugs of collections again that kept what is no letter or digit: variation selectors, keycaps, marks of dropped
 * symbols, and compatibility forms. Without any of them it only looks. The rows of a rollup whose keys become one are added
 * up; where raw events are kept, their minutes are marked, so that what a sum of rows cannot know (an order with lines of
 * both spellings is one order) is counted again from them.
 */
export class FoldCollectionsAgain1796120600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Nobody rolls up while keys change; an ingest that runs on is not held up.
    await db.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('rollups:' || name, 0)) FROM unnest($1::text[]) AS name`,
      [FAMILIES],
    );
    const changed = (await storedSlugs(db))
      .map((slug) => ({ slug, folded: foldToSlug(slug) }))
      .filter(({ slug, folded }) => slug !== folded);
    if (changed.length === 0) return;
    await db.query('CREATE TEMPORARY TABLE folded_slugs (slug text PRIMARY KEY, folded text NOT NULL) ON COMMIT DROP');
    await db.query('INSERT INTO folded_slugs SELECT * FROM unnest($1::text[], $2::text[])', [
      changed.map(({ slug }) => slug),
      changed.map(({ folded }) => folded),
    ]);
    await foldEvents(db);
    await foldRollups(db);
    await foldNames(db);
    await db.query('DROP TABLE folded_slugs');
  }

  /** What was folded reads the same to the version before. */
  async down(): Promise<void> {}
}

async function storedSlugs(db: QueryRunner): Promise<string[]> {
  const rows = (await db.query(
    `SELECT collection AS slug FROM analytics_events
      WHERE event_type IN ('storefront', 'inventory') AND ${isNotAscii('collection')}
     UNION
     SELECT l.collection FROM analytics_events e, ${LINES}
      WHERE e.event_type = 'order' AND ${isNotAscii('e.items::text')} AND ${isNotAscii('l.collection')}
     UNION
     SELECT slug FROM (SELECT dimensions[${PLACE}] AS slug FROM analytics_rollups WHERE family = ANY($1)) r
      WHERE ${isNotAscii('slug')}
     UNION
     SELECT value FROM rollup_dimension_values
      WHERE family = ANY($1) AND dimension = 'collection' AND ${isNotAscii('value')}
     UNION
     SELECT collection FROM product_labels WHERE ${isNotAscii('collection')}
     UNION
     SELECT filters ->> 'collection' FROM alert_configs WHERE ${isNotAscii(`(filters ->> 'collection')`)}`,
    [FAMILIES],
  )) as { slug: string }[];
  return rows.map(({ slug }) => slug);
}

/** A name of which nothing is left is no name: such an event has no collection. */
async function foldEvents(db: QueryRunner): Promise<void> {
  await db.query(`CREATE TEMPORARY TABLE folded_events (event_type text, minute timestamptz) ON COMMIT DROP`);
  await db.query(
    `WITH changed AS (
       UPDATE analytics_events e SET collection = nullif(f.folded, '') FROM folded_slugs f
        WHERE e.event_type IN ('storefront', 'inventory') AND e.collection = f.slug
       RETURNING e.event_type, e.occurred_at)
     INSERT INTO folded_events SELECT event_type, date_trunc('minute', occurred_at, 'UTC') FROM changed`,
  );
  await db.query(
    `WITH changed AS (
       UPDATE analytics_events e SET items = (
           SELECT jsonb_agg(CASE WHEN f.folded IS NULL THEN line
                                 WHEN f.folded = '' THEN line - 'collection'
                                 ELSE jsonb_set(line, '{collection}', to_jsonb(f.folded)) END ORDER BY place)
             FROM jsonb_array_elements(e.items) WITH ORDINALITY AS lines(line, place)
             LEFT JOIN folded_slugs f ON f.slug = line ->> 'collection')
        WHERE e.event_type = 'order' AND ${isNotAscii('e.items::text')}
          AND EXISTS (SELECT 1 FROM ${LINES} JOIN folded_slugs f ON f.slug = l.collection)
       RETURNING e.event_type, e.occurred_at)
     INSERT INTO folded_events SELECT event_type, date_trunc('minute', occurred_at, 'UTC') FROM changed`,
  );
  await db.query(
    `INSERT INTO rollup_invalidations (family, level, bucket_start, events)
     SELECT f.family, 'minute', e.minute, count(*)
       FROM folded_events e
       JOIN (VALUES ('order', 'order_collections'), ('order', 'order_products'), ('storefront', 'storefront'),
                    ('storefront', 'storefront_products'), ('inventory', 'inventory')) AS f(event_type, family)
         USING (event_type)
      GROUP BY 1, 3`,
  );
  await db.query('DROP TABLE folded_events');
}

/** Takes out the rows of the old keys and of those that they become, and puts their sums back. Sketches merge by appending. */
async function foldRollups(db: QueryRunner): Promise<void> {
  await db.query(
    `CREATE TEMPORARY TABLE folded_rollups ON COMMIT DROP AS
     SELECT r.*, r.dimensions[:place - 1] || f.folded || r.dimensions[place + 1:] AS folded_dimensions
       FROM (SELECT *, ${PLACE} AS place FROM analytics_rollups WHERE family = ANY($1) AND dimensions <> '{}') r
       JOIN folded_slugs f ON f.slug = r.dimensions[place]`,
    [FAMILIES],
  );
  await db.query(
    `INSERT INTO folded_rollups
     SELECT r.*, 0, r.dimensions
       FROM analytics_rollups r
       JOIN (SELECT DISTINCT family, granularity, bucket_start, folded_dimensions, sealed FROM folded_rollups) k
         ON (r.family, r.granularity, r.bucket_start, r.dimensions, r.sealed)
          = (k.family, k.granularity, k.bucket_start, k.folded_dimensions, k.sealed)`,
  );
  await db.query(
    `DELETE FROM analytics_rollups r USING folded_rollups f
      WHERE (r.family, r.granularity, r.bucket_start, r.dimensions, r.sealed)
          = (f.family, f.granularity, f.bucket_start, f.dimensions, f.sealed)`,
  );
  await db.query(
    `INSERT INTO analytics_rollups
       (family, granularity, bucket_start, dimensions, sealed, count, sums, distinct_sketch, last_value, last_at)
     SELECT family, granularity, bucket_start, folded_dimensions, sealed, sum(count),
            ARRAY(SELECT sum(amount) FROM folded_rollups one, unnest(one.sums) WITH ORDINALITY AS s(amount, place)
                   WHERE (one.family, one.granularity, one.bucket_start, one.folded_dimensions, one.sealed)
                       = (r.family, r.granularity, r.bucket_start, r.folded_dimensions, r.sealed)
                   GROUP BY s.place ORDER BY s.place),
            string_agg(distinct_sketch, ''::bytea),
            (array_agg(last_value ORDER BY last_at DESC NULLS LAST))[1], max(last_at)
       FROM folded_rollups r
      GROUP BY family, granularity, bucket_start, folded_dimensions, sealed`,
  );
  await db.query('DROP TABLE folded_rollups');
}

async function foldNames(db: QueryRunner): Promise<void> {
  await db.query(
    `INSERT INTO rollup_dimension_values (family, dimension, day, value)
     SELECT v.family, v.dimension, v.day, f.folded FROM rollup_dimension_values v JOIN folded_slugs f ON f.slug = v.value
      WHERE v.family = ANY($1) AND v.dimension = 'collection' AND f.folded <> ''
     ON CONFLICT DO NOTHING`,
    [FAMILIES],
  );
  await db.query(
    `DELETE FROM rollup_dimension_values v USING folded_slugs f
      WHERE v.family = ANY($1) AND v.dimension = 'collection' AND v.value = f.slug`,
    [FAMILIES],
  );
  await db.query(
    `UPDATE product_labels p SET collection = nullif(f.folded, '') FROM folded_slugs f WHERE p.collection = f.slug`,
  );
  // A filter of which nothing is left cannot match any event: it stays, so that the rule can be seen and mended.
  await db.query(
    `UPDATE alert_configs c SET filters = jsonb_set(c.filters, '{collection}', to_jsonb(f.folded))
       FROM folded_slugs f WHERE c.filters ->> 'collection' = f.slug AND f.folded <> ''`,
  );
}

/** As src/events/slug.ts folds at the time of this migration. */
function foldToSlug(name: string): string {
  const invisible = /[\p{Variation_Selector}\u20E3\u034F\u115F\u1160\u3164\uFFA0]/gu;
  const plain = name
    .replace(/[™®©℠]/g, '')
    .replace(/\p{Extended_Pictographic}/gu, ' ')
    .replace(invisible, '')
    .normalize('NFKC');
  const folded = plain.toLowerCase().normalize('NFKC').replace(invisible, '');
  return (folded.match(/(?:[\p{L}\p{N}]\p{M}*)+/gu) ?? []).join('-');
}
