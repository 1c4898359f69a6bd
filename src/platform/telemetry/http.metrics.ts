import { Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Histogram } from 'prom-client';

const DURATION = 'http_request_duration_seconds';

/** One label for whatever has no route, so that a scan of random paths cannot make time series. */
const NO_ROUTE = 'unmatched';

export const httpMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DURATION,
    help: 'How long requests took, by route template, until the last byte of the answer was handed over.',
    labelNames: ['method', 'route', 'status_code'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
];

/** Measures every request, the refused and unknown ones included. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @InjectMetric(DURATION) private readonly duration: Histogram,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    fastify?.addHook('onResponse', (request, reply, done) => {
      this.observe(request, reply);
      done();
    });
  }

  private observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = reply.statusCode === 404 && request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
    const labels = { method: request.method, route, status_code: String(reply.statusCode) };
    this.duration.observe(labels, reply.elapsedTime / 1_000);
  }
}
