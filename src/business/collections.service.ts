import { Injectable } from '@nestjs/common';
import { foldToSlug } from '../events/index.js';
import { joinProvenance, MetricReader, readMeta, type ProductLabel } from '../metrics/index.js';
import { AppConfig } from '../platform/config/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import {
  readCollections,
  readTopProducts,
  TOP_PRODUCT_FIGURES,
  type CollectionFigures,
  type SoldProduct,
} from './collection-figures.js';
import { COLLECTION_FIGURES, compareCollections, NO_EVENTS, type CollectionRow } from './domain/collection-row.js';
import { toComparison, toFigures } from './domain/figures.js';
import type { CollectionsQueryDto } from './dto/business-query.dto.js';
import type { CollectionDto, CollectionsDto, TopProductDto } from './dto/collections.dto.js';

type Labels = ReadonlyMap<string, ProductLabel>;

/** What each collection sells, and its part of the whole. */
@Injectable()
export class CollectionsService {
  constructor(
    private readonly frame: BusinessFrame,
    private readonly reader: MetricReader,
    private readonly config: AppConfig,
  ) {}

  async collections(query: CollectionsQueryDto): Promise<CollectionsDto> {
    const request = this.frame.resolve(query);
    const { range, comparison, currency } = request;
    const always = this.alwaysListed(request);
    return this.reader.snapshot(async (snapshot) => {
      const now = await readCollections(snapshot, { range, currency, always });
      const then = comparison && (await readCollections(snapshot, { range: comparison, currency, always }));
      const top = await readTopProducts(snapshot, request);
      const sold = [...top.byCollection.values()].flat();
      const labels = await snapshot.productLabels(sold.map(({ product }) => product));
      return {
        collections: listed(now, request).map((row) => ({
          ...toCollection(row, currency),
          top_products: (top.byCollection.get(row.collection) ?? []).map((product) =>
            toTopProduct(product, labels, currency),
          ),
          ...comparisonOf(row, then, currency),
        })),
        meta: readMeta({
          ...request,
          provenance: joinProvenance(now, top, ...(then ? [then] : [])),
          holds: ['distinct'],
        }),
      };
    });
  }

  private alwaysListed({ collection }: BusinessRequest): readonly string[] {
    const house = this.config.business.houseCollections.map(foldToSlug);
    return collection === undefined ? house : [collection];
  }
}

/** Shares are of the whole shop, so every collection is read; the one asked for is then listed alone. */
function listed({ rows }: CollectionFigures, { collection }: BusinessRequest): CollectionRow[] {
  const some = collection === undefined ? rows : rows.filter((row) => row.collection === collection);
  return [...some].sort(compareCollections);
}

function toCollection(row: CollectionRow, currency: string): Omit<CollectionDto, 'top_products'> {
  return { collection: row.collection, ...toFigures(COLLECTION_FIGURES, row.values, currency) };
}

function comparisonOf(
  row: CollectionRow,
  then: CollectionFigures | undefined,
  currency: string,
): Pick<CollectionDto, 'comparison'> {
  if (!then) return {};
  const earlier = then.rows.find(({ collection }) => collection === row.collection)?.values ?? NO_EVENTS;
  return { comparison: toComparison(COLLECTION_FIGURES, row.values, earlier, currency) };
}

function toTopProduct({ product, values }: SoldProduct, labels: Labels, currency: string): TopProductDto {
  return {
    product_id: product,
    name: labels.get(product)?.name ?? null,
    ...toFigures(TOP_PRODUCT_FIGURES, values, currency),
  };
}
