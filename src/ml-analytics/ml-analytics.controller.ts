import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { ML_OVERVIEW_EXAMPLE } from './dto/examples.js';
import { MlOverviewDto } from './dto/ml-overview.dto.js';
import { MlQueryDto } from './dto/ml-query.dto.js';
import { MlOverviewService } from './ml-overview.service.js';

@ApiTags('ML pipelines')
@Controller('ml')
export class MlAnalyticsController {
  constructor(private readonly overviews: MlOverviewService) {}

  @Endpoint({
    method: 'GET',
    path: 'overview',
    roles: ['admin'],
    summary: 'Success, latency and cost of the AI pipelines',
    description:
      'Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank ' +
      'over jobs of whatever status, within 1 %.',
    response: MlOverviewDto,
    errors: [503],
    examples: { response: ML_OVERVIEW_EXAMPLE },
  })
  overview(@Query() query: MlQueryDto): Promise<MlOverviewDto> {
    return this.overviews.overview(query);
  }
}
