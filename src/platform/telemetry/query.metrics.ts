import { Injectable, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Histogram } from 'prom-client';
import { QueryLatency } from '../database/index.js';

const DURATION = 'database_query_duration_seconds';

export const queryMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DURATION,
    help: 'How long statements of this process took, by the application name of their connection.',
    labelNames: ['application'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  }),
];

@Injectable()
export class QueryMetrics implements OnModuleInit, OnApplicationShutdown {
  private stop: () => void = () => undefined;

  constructor(
    private readonly latency: QueryLatency,
    @InjectMetric(DURATION) private readonly duration: Histogram,
  ) {}

  onModuleInit(): void {
    this.stop = this.latency.listen((application, ms) => this.duration.observe({ application }, ms / 1_000));
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
