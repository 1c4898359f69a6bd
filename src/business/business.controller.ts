import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { CollectionsService } from './collections.service.js';
import {
  CollectionsQueryDto,
  FunnelQueryDto,
  OverviewQueryDto,
  ProductsQueryDto,
  SalesQueryDto,
} from './dto/business-query.dto.js';
import { CollectionsDto } from './dto/collections.dto.js';
import {
  COLLECTIONS_EXAMPLE,
  FUNNEL_EXAMPLE,
  OVERVIEW_EXAMPLE,
  PRODUCTS_EXAMPLE,
  SALES_EXAMPLE,
} from './dto/examples.js';
import { FunnelDto } from './dto/funnel.dto.js';
import { OverviewDto } from './dto/overview.dto.js';
import { ProductsDto } from './dto/products.dto.js';
import { SalesDto } from './dto/sales.dto.js';
import { FunnelService } from './funnel.service.js';
import { ProductsService } from './products.service.js';
import { SalesOverviewService } from './sales-overview.service.js';
import { SalesSeriesService } from './sales-series.service.js';

@ApiTags('Business')
@Controller('business')
export class BusinessController {
  constructor(
    private readonly overviews: SalesOverviewService,
    private readonly series: SalesSeriesService,
    private readonly productList: ProductsService,
    private readonly collectionList: CollectionsService,
    private readonly funnels: FunnelService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'overview',
    roles: ['business_viewer'],
    summary: 'Sales, orders, sessions and conversion of a range',
    description:
      'The sales are a ledger: an order counts at `placed`, on the day it was placed; a refund or a cancellation on its own day. ' +
      'Money is summed exactly and rounded to the minor unit of the currency. Test orders never count.',
    response: OverviewDto,
    errors: [503],
    shared: true,
    examples: { response: OVERVIEW_EXAMPLE },
  })
  overview(@Query() query: OverviewQueryDto): Promise<OverviewDto> {
    return this.overviews.overview(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'sales',
    roles: ['business_viewer'],
    summary: 'Sales over time, whole and by collection, product or status',
    description: 'A point for every step, gaps filled. Days and weeks (from Sunday) are cut in `time_zone`.',
    response: SalesDto,
    errors: [503],
    shared: true,
    examples: { response: SALES_EXAMPLE },
  })
  sales(@Query() query: SalesQueryDto): Promise<SalesDto> {
    return this.series.sales(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'products',
    roles: ['business_viewer'],
    summary: 'Products: views, orders, sales, conversion, stock',
    description:
      'Sorted by any figure, largest first. Sums are those of the product’s lines in `currency`; with `collection` of its ' +
      'lines and events in that collection, while the stock of a product is one. A cursor belongs to its sort and filters.',
    response: ProductsDto,
    errors: [503],
    shared: true,
    examples: { response: PRODUCTS_EXAMPLE },
  })
  products(@Query() query: ProductsQueryDto): Promise<ProductsDto> {
    return this.productList.products(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'collections',
    roles: ['business_viewer'],
    summary: 'Collections: sales, their share of all, conversion, top products',
    description:
      'Sums are those of order lines; lines without a collection make the row `null`. The collections of HOUSE_COLLECTIONS ' +
      'are always listed. With `collection` that one alone, its share still being that of the whole shop.',
    response: CollectionsDto,
    errors: [503],
    shared: true,
    examples: { response: COLLECTIONS_EXAMPLE },
  })
  collections(@Query() query: CollectionsQueryDto): Promise<CollectionsDto> {
    return this.collectionList.collections(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'funnel',
    roles: ['business_viewer'],
    summary: 'How far sessions come on their way to an order',
    description:
      'A session reached a step if it has its event or a later step’s, in any order. Sessions do not depend on `currency`; ' +
      'with `collection` only events of that collection and orders with a line of it count.',
    response: FunnelDto,
    errors: [503],
    shared: true,
    examples: { response: FUNNEL_EXAMPLE },
  })
  funnel(@Query() query: FunnelQueryDto): Promise<FunnelDto> {
    return this.funnels.funnel(query);
  }
}
