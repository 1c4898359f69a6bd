import { Injectable } from '@nestjs/common';
import { readMeta } from '../metrics/index.js';
import type { EndpointDto, EndpointsDto } from './dto/endpoints.dto.js';
import type { EndpointsQueryDto } from './dto/health-query.dto.js';
import { sorted, type EndpointFigures, type EndpointFilters } from './endpoint-figures.js';
import { HealthFrame } from './health-frame.js';
import { LiveWindowReader } from './live-window.reader.js';
import { RequestsReader } from './requests.reader.js';

/** How each endpoint does, in the live window or a range. */
@Injectable()
export class HealthEndpointsService {
  constructor(
    private readonly frame: HealthFrame,
    private readonly live: LiveWindowReader,
    private readonly events: RequestsReader,
  ) {}

  async endpoints(query: EndpointsQueryDto): Promise<EndpointsDto> {
    const { endpoints, meta } = await this.read(query);
    return { endpoints: sorted(endpoints, query.sort ?? 'count').map(toDto), meta };
  }

  private async read(
    query: EndpointsQueryDto,
  ): Promise<{ endpoints: readonly EndpointFigures[]; meta: EndpointsDto['meta'] }> {
    const now = this.frame.now();
    const asked = this.frame.range(query, now);
    const filters: EndpointFilters = { service: query.service, method: query.method, route: query.route };
    if (!asked) return this.live.endpoints(now, filters);
    const { endpoints, ...provenance } = await this.events.endpoints(asked, filters);
    return { endpoints, meta: readMeta({ ...asked, provenance, holds: ['percentiles'] }) };
  }
}

function toDto({ service, method, route, latencyMs, ...figures }: EndpointFigures): EndpointDto {
  return {
    ...(service !== undefined && { service }),
    method,
    route,
    count: figures.count,
    requests_per_second: figures.perSecond,
    error_rate: figures.errorRate,
    client_error_rate: figures.clientErrorRate,
    throttled_rate: figures.throttledRate,
    latency_ms: latencyMs,
  };
}
