import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../platform/config/index.js';
import { AnalyticsEventCollector } from './analytics-event-collector.js';

const SERVICE = 'admin-analytics';
/** One value for whatever has no route, so that a scan of random paths cannot make dimension values. */
const NO_ROUTE = 'unmatched';
/** Probes and scrapes say how often they come, not how the service is used. */
const OPERATIONAL = /^\/(metrics|health\/(live|ready))$/;
/** Recording the recorder would never end. */
const INTAKE = /\/events$/;

/**
 * Records this service's own requests as `api_request` events (`RECORD_OWN_REQUESTS`). A hook on the response, not a Nest
 * interceptor: that one would not see what guards and the gate before them refuse.
 */
@Injectable()
export class RequestRecorder implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly collector: AnalyticsEventCollector,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    if (!this.config.ingest.recordOwnRequests) return;
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    fastify?.addHook('onResponse', (request, reply, done) => {
      this.record(request, reply);
      done();
    });
  }

  private record(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
    if (OPERATIONAL.test(route) || (request.method === 'POST' && INTAKE.test(route))) return;
    this.collector.collect({
      event_type: 'api_request',
      correlation_id: request.id,
      method: request.method,
      route,
      status_code: reply.statusCode,
      duration_ms: reply.elapsedTime,
      service: SERVICE,
      source: SERVICE,
    });
  }
}
