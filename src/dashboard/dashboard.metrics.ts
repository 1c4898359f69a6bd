import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Histogram } from 'prom-client';
import type { SectionName } from './domain/section.js';

const DURATION = 'dashboard_section_duration_seconds';

export const dashboardMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DURATION,
    help: 'How long it took to compute a section of the dashboard, by outcome; its count is how often none was cached.',
    labelNames: ['section', 'outcome'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 4, 10],
  }),
];

/** What the dashboard costs, for Prometheus. */
@Injectable()
export class DashboardMetrics {
  constructor(@InjectMetric(DURATION) private readonly duration: Histogram) {}

  async measure<T>(section: SectionName, compute: () => Promise<T>): Promise<T> {
    const end = this.duration.startTimer({ section });
    try {
      const computed = await compute();
      end({ outcome: 'completed' });
      return computed;
    } catch (error) {
      end({ outcome: 'failed' });
      throw error;
    }
  }
}
