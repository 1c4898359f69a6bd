import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { OverviewQueryDto, SalesQueryDto } from './dto/business-query.dto.js';
import { OVERVIEW_EXAMPLE, SALES_EXAMPLE } from './dto/examples.js';
import { OverviewDto } from './dto/overview.dto.js';
import { SalesDto } from './dto/sales.dto.js';
import { SalesOverviewService } from './sales-overview.service.js';
import { SalesSeriesService } from './sales-series.service.js';

@ApiTags('Business')
@Controller('business')
export class BusinessController {
  constructor(
    private readonly overviews: SalesOverviewService,
    private readonly series: SalesSeriesService,
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
    examples: { response: SALES_EXAMPLE },
  })
  sales(@Query() query: SalesQueryDto): Promise<SalesDto> {
    return this.series.sales(query);
  }
}
