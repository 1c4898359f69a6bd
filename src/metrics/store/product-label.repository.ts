import type { EntityManager } from 'typeorm';
import { FAMILIES } from '../catalogue/families.js';
import type { Family } from '../catalogue/family.js';
import { eventsSql, type Bind, type EventSource } from './state-query.js';

/** What a product was last called, and the collection it was last said to be of; null: nobody said. */
export interface ProductLabel {
  readonly name: string | null;
  readonly collection: string | null;
}

/** Minutes that are not rolled up yet, newest first: usually two. After a backfill labels come with the rollups. */
const PENDING_MINUTES = 10;

/**
 * Keeps the latest label that these events of the family give to each product. Later ones win whatever the order
 * they come in, so repeating it changes nothing; rows are locked by product id, so that families never deadlock.
 */
export async function learnProductLabels(tx: EntityManager, family: Family, events: EventSource): Promise<void> {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const told = toldSql(family, (joins) => eventsSql({ ...family, joins }, events, bind));
  await tx.query(
    `INSERT INTO product_labels AS known (product_id, name, name_at, collection, collection_at)
     SELECT product, ${latestSql('name')}, max(at) FILTER (WHERE name IS NOT NULL),
            ${latestSql('collection')}, max(at) FILTER (WHERE collection IS NOT NULL)
       FROM (SELECT product, name, collection, max(at) AS at FROM (${told}) told
              WHERE name IS NOT NULL OR collection IS NOT NULL GROUP BY product, name, collection) told
      GROUP BY product ORDER BY product
     ON CONFLICT (product_id) DO UPDATE SET
       name = CASE WHEN ${isLaterSql('name')} THEN excluded.name ELSE known.name END,
       name_at = greatest(known.name_at, excluded.name_at),
       collection = CASE WHEN ${isLaterSql('collection')} THEN excluded.collection ELSE known.collection END,
       collection_at = greatest(known.collection_at, excluded.collection_at)
     WHERE ${isLaterSql('name')} OR ${isLaterSql('collection')}`,
    parameters,
  );
}

/** What is kept, and what is told by the newest minutes, which are not rolled up yet. */
export async function readProductLabels(
  tx: EntityManager,
  products: readonly string[],
): Promise<Map<string, ProductLabel>> {
  if (products.length === 0) return new Map();
  const pending = FAMILIES.filter(({ productLabels }) => productLabels).map(pendingSql);
  const rows: ({ product: string } & ProductLabel)[] = await tx.query(
    `SELECT product, ${latestSql('name', 'name_at')} AS name, ${latestSql('collection', 'collection_at')} AS collection
       FROM (SELECT product_id AS product, name, name_at, collection, collection_at
               FROM product_labels WHERE product_id = ANY($1)
             ${pending.map((sql) => `UNION ALL SELECT product, name, at, collection, at FROM (${sql}) told WHERE product = ANY($1)`).join(' ')}
            ) known
      GROUP BY product`,
    [products],
  );
  return new Map(rows.map(({ product, name, collection }) => [product, { name, collection }]));
}

/** Product, name, collection and time of every event of the family; `events` says which, given what they are joined with. */
function toldSql({ productLabels: source, name }: Family, events: (joins: string) => string): string {
  if (!source) throw new Error(`The family "${name}" tells nothing of products.`);
  return `SELECT ${source.product} AS product, ${source.name ?? 'NULL::text'} AS name,
      ${source.collection} AS collection, e.occurred_at AS at FROM ${events(source.joins ?? '')}`;
}

/** Names of families and event types come from the catalogue, so they stand in the text. */
function pendingSql(family: Family): string {
  return toldSql(
    family,
    (joins) => `(SELECT DISTINCT bucket_start AS starts FROM rollup_invalidations
        WHERE family = '${family.name}' AND level = 'minute' ORDER BY 1 DESC LIMIT ${PENDING_MINUTES}) minute
      CROSS JOIN LATERAL (SELECT * FROM analytics_events e
        WHERE e.event_type = '${family.eventType}' AND e.occurred_at >= minute.starts
          AND e.occurred_at < minute.starts + interval '1 minute' OFFSET 0) e
      ${joins} WHERE ${family.where ?? 'true'}`,
  );
}

function latestSql(column: string, at = 'at'): string {
  return `(array_agg(${column} ORDER BY ${at} DESC) FILTER (WHERE ${column} IS NOT NULL))[1]`;
}

function isLaterSql(column: string): string {
  return `coalesce(excluded.${column}_at > coalesce(known.${column}_at, '-infinity'), false)`;
}
