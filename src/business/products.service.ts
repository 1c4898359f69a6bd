import { Injectable } from '@nestjs/common';
import {
  joinProvenance,
  MetricReader,
  readMeta,
  type MetricSnapshot,
  type ProductLabel,
  type Provenance,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { metricOf, toComparison, toFigures } from './domain/figures.js';
import {
  NOTHING_SOLD,
  pageOfProducts,
  PRODUCT_FIGURES,
  type ProductFigure,
  type ProductPage,
  type ProductPlace,
  type ProductRow,
} from './domain/product-row.js';
import type { ProductsQueryDto } from './dto/business-query.dto.js';
import type { ProductDto, ProductsDto } from './dto/products.dto.js';
import { productCursor, readProductCursor } from './product-cursor.js';
import {
  readConversion,
  readProducts,
  withConversion,
  type ProductScope,
  type ReadProduct,
} from './product-figures.js';

interface ProductsRequest extends BusinessRequest {
  readonly sort: ProductFigure;
  readonly limit: number;
  readonly after?: ProductPlace;
}

/** Rows, and where their figures come from. */
interface Rows {
  readonly rows: readonly ProductRow[];
  readonly provenance: Provenance;
}

/** How single products are seen, bought and stocked. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly frame: BusinessFrame,
    private readonly reader: MetricReader,
  ) {}

  async products(query: ProductsQueryDto): Promise<ProductsDto> {
    const request = this.resolve(query);
    return this.reader.snapshot(async (snapshot) => {
      const { page, provenance } = await readPage(snapshot, request);
      const then = await readEarlier(snapshot, request, page.rows);
      const labels = await snapshot.productLabels(page.rows.map(({ product }) => product));
      const { range } = request;
      return {
        items: page.rows.map((row) => toItem(row, then?.rows, labels.get(row.product), request)),
        next_cursor: page.end ? productCursor(query, { range, after: page.end }) : null,
        meta: readMeta({
          ...request,
          provenance: joinProvenance(provenance, ...(then ? [then.provenance] : [])),
          holds: ['distinct'],
        }),
      };
    });
  }

  /** Pages after the first cover the time of the first, whatever the clock says by now. */
  private resolve(query: ProductsQueryDto): ProductsRequest {
    const { sort = 'gross_sales', limit } = query;
    const { range, after } = query.cursor === undefined ? {} : readProductCursor(query, query.cursor);
    return { ...this.frame.resolve(query, range), sort, limit, after };
  }
}

/** Sessions are told apart for the rows of the page alone, unless the order depends on it. */
async function readPage(
  snapshot: MetricSnapshot,
  request: ProductsRequest,
): Promise<{ page: ProductPage<ProductRow>; provenance: Provenance }> {
  const { sort } = request;
  const read = await readProducts(snapshot, request);
  if (sort === 'conversion_rate') {
    const { rows, provenance } = await converted(snapshot, request, rowsOf(read.products));
    const page = pageOfProducts(rows, ({ values }) => values[metricOf(sort)] ?? null, request);
    return { page, provenance: joinProvenance(read, provenance) };
  }
  const page = pageOfProducts(read.products, (product) => product.figure(sort), request);
  const products = page.rows.map(({ product }) => product);
  const { rows, provenance } = await converted(snapshot, { ...request, products }, rowsOf(page.rows));
  return { page: { ...page, rows }, provenance: joinProvenance(read, provenance) };
}

function rowsOf(products: readonly ReadProduct[]): ProductRow[] {
  return products.map((product) => product.toRow());
}

/** The rows of the page in the time that it is compared with. */
async function readEarlier(
  snapshot: MetricSnapshot,
  request: ProductsRequest,
  page: readonly ProductRow[],
): Promise<Rows | undefined> {
  if (!request.comparison) return undefined;
  const scope = { ...request, range: request.comparison, products: page.map(({ product }) => product) };
  const read = await readProducts(snapshot, scope);
  const { rows, provenance } = await converted(snapshot, scope, rowsOf(read.products));
  return { rows, provenance: joinProvenance(read, provenance) };
}

async function converted(snapshot: MetricSnapshot, scope: ProductScope, rows: readonly ProductRow[]): Promise<Rows> {
  const conversion = await readConversion(snapshot, scope);
  return { rows: withConversion(rows, conversion.byProduct), provenance: conversion };
}

function toItem(
  row: ProductRow,
  earlier: readonly ProductRow[] | undefined,
  label: ProductLabel | undefined,
  { currency }: BusinessRequest,
): ProductDto {
  const figures = toFigures(PRODUCT_FIGURES, row.values, currency);
  const then = earlier && (earlier.find(({ product }) => product === row.product)?.values ?? NOTHING_SOLD);
  return {
    product_id: row.product,
    name: label?.name ?? null,
    collection: label?.collection ?? null,
    ...figures,
    inventory_at: row.inventoryAt?.toISOString() ?? null,
    ...(then && { comparison: toComparison(PRODUCT_FIGURES, row.values, then, currency) }),
  };
}
