import { Injectable } from '@nestjs/common';
import { joinProvenance, MetricReader, type Provenance } from '../metrics/index.js';
import { availabilityOf, type Availability } from './domain/availability.js';
import type { EndpointFigures, EndpointFilters } from './endpoint-figures.js';
import { HealthFrame, type HealthRange } from './health-frame.js';
import { figuresOfRow, REQUEST_METRICS, type RequestFigures } from './request-figures.js';

/** Requests as stored `api_request` events tell of them. */
@Injectable()
export class RequestsReader {
  constructor(
    private readonly reader: MetricReader,
    private readonly frame: HealthFrame,
  ) {}

  async whole(asked: HealthRange): Promise<Provenance & Availability & { figures: RequestFigures }> {
    const { range, elapsedSeconds } = asked;
    const buckets = this.frame.stretches(asked);
    const [total, observed] = await this.reader.readAll([
      { metrics: REQUEST_METRICS, range },
      { metrics: ['api.request_count', 'api.error_rate'], range, buckets },
    ]);
    return {
      ...joinProvenance(total, observed),
      ...availabilityOf(this.frame.observed(asked, buckets, observed.rows)),
      figures: figuresOfRow(total.rows[0]?.values ?? {}, elapsedSeconds),
    };
  }

  async endpoints(
    { range, elapsedSeconds }: HealthRange,
    filters: EndpointFilters,
  ): Promise<Provenance & { endpoints: EndpointFigures[] }> {
    const answer = await this.reader.read({
      metrics: REQUEST_METRICS,
      range,
      filters: asLists(filters),
      groupBy: ['service', 'method', 'route'],
    });
    const endpoints = answer.rows.map(({ group, values }) => ({
      ...(group['service'] && { service: group['service'] }),
      method: group['method'] ?? '',
      route: group['route'] ?? '',
      ...figuresOfRow(values, elapsedSeconds),
    }));
    return { ...answer, endpoints };
  }
}

function asLists(filters: EndpointFilters): Record<string, string[]> {
  return Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value ? [[name, [value]]] : [])));
}
