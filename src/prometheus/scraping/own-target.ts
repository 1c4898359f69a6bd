import { register } from 'prom-client';
import type { RequestCounters } from '../domain/request-counters.js';
import type { HistogramNames } from '../domain/scraped-requests.js';
import { readCounters, type Target } from './target.js';

/**
 * This process itself. It is asked in the process: its own port may be closed to it, or be answered by another process
 * behind the same balancer. Only the histograms are written out, since other metrics ask the database when they are.
 */
export class OwnTarget implements Target {
  readonly name = 'The own /metrics';

  constructor(
    private readonly histograms: readonly HistogramNames[],
    readonly beganAt: Date,
  ) {}

  async scrape(): Promise<RequestCounters> {
    return readCounters(this.histograms, async (take) => {
      for (const { metric } of this.histograms) {
        if (register.getSingleMetric(metric)) take(`${await register.getSingleMetricAsString(metric)}\n`);
      }
    });
  }
}
