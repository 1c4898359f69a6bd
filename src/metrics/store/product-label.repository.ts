import type { EntityManager } from 'typeorm';
import { FAMILIES } from '../catalogue/families.js';
import type { Family } from '../catalogue/family.js';
import { LEVEL_MS } from '../planner/level.js';
import type { Span } from '../planner/segments.js';
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
  const parameters: unknown[] = [products];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const pending = (await pendingSpans(tx)).map(({ family, spans }) =>
    toldSql(family, (joins) => eventsSql({ ...family, joins }, spans, bind)),
  );
  const rows: ({ product: string } & ProductLabel)[] = await tx.query(
    `SELECT product, ${latestSql('name', 'name_at')} AS name, ${latestSql('collection', 'collection_at')} AS collection
       FROM (SELECT product_id AS product, name, name_at, collection, collection_at
               FROM product_labels WHERE product_id = ANY($1)
             ${pending.map((sql) => `UNION ALL SELECT product, name, at, collection, at FROM (${sql}) told WHERE product = ANY($1)`).join(' ')}
            ) known
      GROUP BY product`,
    parameters,
  );
  return new Map(rows.map(({ product, name, collection }) => [product, { name, collection }]));
}

/** Product, name, collection and time of every event of the family; `events` says which, given what they are joined with. */
function toldSql({ productLabels: source, name }: Family, events: (joins: string) => string): string {
  if (!source) throw new Error(`The family "${name}" tells nothing of products.`);
  return `SELECT ${source.product} AS product, ${source.name ?? 'NULL::text'} AS name,
      ${source.collection} AS collection, e.occurred_at AS at FROM ${events(source.joins ?? '')}`;
}

/**
 * The newest minutes of each family that tells of products. Known before the events are asked for, they name the days to
 * look at; a plan that has to find out itself considers every day there is, which takes longer than everything else.
 */
async function pendingSpans(tx: EntityManager): Promise<{ family: Family; spans: Span[] }[]> {
  const families = FAMILIES.filter(({ productLabels }) => productLabels);
  const rows: { family: string; start: string }[] = await tx.query(
    `SELECT asked.family, extract(epoch FROM pending.bucket_start) * 1000 AS start
       FROM unnest($1::text[]) AS asked(family)
      CROSS JOIN LATERAL (SELECT DISTINCT bucket_start FROM rollup_invalidations
         WHERE family = asked.family AND level = 'minute' ORDER BY 1 DESC LIMIT ${PENDING_MINUTES}) pending`,
    [families.map(({ name }) => name)],
  );
  return families
    .map((family) => ({ family, spans: spansOfMinutes(rows.filter((row) => row.family === family.name)) }))
    .filter(({ spans }) => spans.length > 0);
}

/** Neighbouring minutes as one span each. */
export function spansOfMinutes(rows: readonly { start: string }[]): Span[] {
  const starts = rows.map(({ start }) => Number(start)).sort((left, right) => left - right);
  const spans: { from: number; to: number }[] = [];
  for (const from of starts) {
    const before = spans.at(-1);
    if (before?.to === from) before.to = from + LEVEL_MS.minute;
    else spans.push({ from, to: from + LEVEL_MS.minute });
  }
  return spans;
}

function latestSql(column: string, at = 'at'): string {
  return `(array_agg(${column} ORDER BY ${at} DESC) FILTER (WHERE ${column} IS NOT NULL))[1]`;
}

function isLaterSql(column: string): string {
  return `coalesce(excluded.${column}_at > coalesce(known.${column}_at, '-infinity'), false)`;
}
