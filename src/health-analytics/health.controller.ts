import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { DatabaseHealthService } from './database-health.service.js';
import { DatabaseHealthDto } from './dto/database.dto.js';
import { EndpointsDto } from './dto/endpoints.dto.js';
import { DATABASE_EXAMPLE, ENDPOINTS_EXAMPLE, HEALTH_OVERVIEW_EXAMPLE, TIMESERIES_EXAMPLE } from './dto/examples.js';
import { EndpointsQueryDto, HealthOverviewQueryDto, TimeseriesQueryDto } from './dto/health-query.dto.js';
import { HealthOverviewDto } from './dto/overview.dto.js';
import { TimeseriesDto } from './dto/timeseries.dto.js';
import { HealthEndpointsService } from './health-endpoints.service.js';
import { HealthOverviewService } from './health-overview.service.js';
import { HealthSeriesService } from './health-series.service.js';

const LIVE =
  'Without `range` and `from`: the live window, the last 5 minutes or as much of them as was observed (`meta.from`), from ' +
  'PROMETHEUS_URL or METRICS_TARGETS (the first that answers; sources are never added together), else from stored ' +
  '`api_request` events. With a range: from stored events. Error = 5xx; 4xx are apart. Rates divide by the observed seconds. ';
const PERCENTILES =
  'Percentiles are nearest-rank over requests of whatever status, within 1 %; from Prometheus interpolated in the bucket ' +
  '(`meta.percentile_error` is null).';

@ApiTags('System health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly overviews: HealthOverviewService,
    private readonly endpointsOf: HealthEndpointsService,
    private readonly databases: DatabaseHealthService,
    private readonly series: HealthSeriesService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'overview',
    roles: ['admin'],
    summary: 'Is the system well: its components, availability, traffic, errors and latency',
    description:
      `${LIVE}${PERCENTILES} Components are always those of this moment; their limits are the HEALTH_* settings: api is ` +
      'degraded from HEALTH_DEGRADED_ERROR_RATE or above HEALTH_DEGRADED_LATENCY_MS, down from HEALTH_DOWN_ERROR_RATE; ' +
      'database, queue and cache are degraded above HEALTH_DEGRADED_RESPONSE_MS, down when they fail, refuse writes (full disk, ' +
      'memory used up, read-only) or do not answer for 2 s; api also while lines of the log are lost; ' +
      'the database also from HEALTH_DEGRADED_POOL_UTILIZATION, the queue from HEALTH_DEGRADED_QUEUE_WAITING; prometheus is ' +
      'degraded while some, down while none of the targets answers. The whole is down when api or database are, degraded when ' +
      'any component is degraded or down.',
    response: HealthOverviewDto,
    errors: [503],
    shared: true,
    examples: { response: HEALTH_OVERVIEW_EXAMPLE },
  })
  overview(@Query() query: HealthOverviewQueryDto): Promise<HealthOverviewDto> {
    return this.overviews.overview(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'api',
    roles: ['admin'],
    summary: 'Traffic, errors and latency of each endpoint',
    description:
      `${LIVE}${PERCENTILES} avg = Σ duration / count. Equal routes of two services are two endpoints. 429 is throttled_rate, ` +
      'every other 4xx client_error_rate; figures of before the two were told apart count 429 among the latter.',
    response: EndpointsDto,
    errors: [503],
    shared: true,
    examples: { response: ENDPOINTS_EXAMPLE },
  })
  endpoints(@Query() query: EndpointsQueryDto): Promise<EndpointsDto> {
    return this.endpointsOf.endpoints(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'database',
    roles: ['admin'],
    summary: 'Connections, query latency, cache, transactions and sizes of the database',
    description: 'Answers while the database is down as well, with what was known last (`meta.stale`) and `null`.',
    response: DatabaseHealthDto,
    examples: { response: DATABASE_EXAMPLE },
  })
  database(): Promise<DatabaseHealthDto> {
    return this.databases.database();
  }

  @Endpoint({
    method: 'GET',
    path: 'timeseries',
    roles: ['admin'],
    summary: 'Requests, errors and latency over time',
    description:
      `From stored events; with PROMETHEUS_URL set and no \`api_request\` events stored at all, from there. ${PERCENTILES} A ` +
      'point for every step, gaps filled.',
    response: TimeseriesDto,
    errors: [503],
    shared: true,
    examples: { response: TIMESERIES_EXAMPLE },
  })
  timeseries(@Query() query: TimeseriesQueryDto): Promise<TimeseriesDto> {
    return this.series.timeseries(query);
  }
}
