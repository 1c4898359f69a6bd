import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { ASSETS_EXAMPLE, ML_OVERVIEW_EXAMPLE, PIPELINE_EXAMPLE, PROVIDERS_EXAMPLE } from './dto/examples.js';
import { MlOverviewDto } from './dto/ml-overview.dto.js';
import { MlQueryDto, MlTotalsQueryDto } from './dto/ml-query.dto.js';
import { AssetsDto, PipelineDto, ProvidersDto } from './dto/pipeline.dto.js';
import { MlOverviewService } from './ml-overview.service.js';
import { MlPipelineService } from './ml-pipeline.service.js';
import { MlProvidersService } from './ml-providers.service.js';

const FIGURES =
  'Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank ' +
  'over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from ' +
  '`/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in ' +
  'jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded.';

@ApiTags('ML pipelines')
@Controller('ml')
export class MlAnalyticsController {
  constructor(
    private readonly overviews: MlOverviewService,
    private readonly pipelines: MlPipelineService,
    private readonly providersOf: MlProvidersService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'overview',
    roles: ['admin'],
    summary: 'Success, latency and cost of the AI pipelines',
    description: FIGURES,
    response: MlOverviewDto,
    errors: [503],
    shared: true,
    examples: { response: ML_OVERVIEW_EXAMPLE },
  })
  overview(@Query() query: MlQueryDto): Promise<MlOverviewDto> {
    return this.overviews.overview(query);
  }

  @Endpoint({
    method: 'GET',
    path: '3d',
    roles: ['admin'],
    summary: 'The 3D pipeline by provider and model',
    description: FIGURES,
    response: PipelineDto,
    errors: [503],
    shared: true,
    examples: { response: PIPELINE_EXAMPLE },
  })
  threeD(@Query() query: MlQueryDto): Promise<PipelineDto> {
    return this.pipelines.pipeline('3d', query);
  }

  @Endpoint({
    method: 'GET',
    path: 'descriptions',
    roles: ['admin'],
    summary: 'The product description pipeline by provider and model',
    description: FIGURES,
    response: PipelineDto,
    errors: [503],
    shared: true,
    examples: { response: PIPELINE_EXAMPLE },
  })
  descriptions(@Query() query: MlQueryDto): Promise<PipelineDto> {
    return this.pipelines.pipeline('descriptions', query);
  }

  @Endpoint({
    method: 'GET',
    path: 'assets',
    roles: ['admin'],
    summary: 'The assets pipeline by stage, with its funnel',
    description: `${FIGURES} Funnel: rate_from_previous = succeeded / succeeded of the stage before.`,
    response: AssetsDto,
    errors: [503],
    shared: true,
    examples: { response: ASSETS_EXAMPLE },
  })
  assets(@Query() query: MlQueryDto): Promise<AssetsDto> {
    return this.pipelines.assets(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'providers',
    roles: ['admin'],
    summary: 'What each provider delivers and costs, with its models',
    description: FIGURES,
    response: ProvidersDto,
    errors: [503],
    shared: true,
    examples: { response: PROVIDERS_EXAMPLE },
  })
  providers(@Query() query: MlTotalsQueryDto): Promise<ProvidersDto> {
    return this.providersOf.providers(query);
  }
}
