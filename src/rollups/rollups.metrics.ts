import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import type { RollUpOutcome } from './roll-up.service.js';

const BUCKETS = 'rollup_buckets_rewritten_total';
const ROWS = 'rollup_rows_written_total';
const DURATION = 'rollup_run_duration_seconds';

export const rollupMetricProviders: Provider[] = [
  makeCounterProvider({ name: BUCKETS, help: 'Rollup buckets that were rewritten.' }),
  makeCounterProvider({ name: ROWS, help: 'Rollup rows that were written.' }),
  makeHistogramProvider({
    name: DURATION,
    help: 'How long a rollup run took, all levels and families.',
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300],
  }),
];

@Injectable()
export class RollupMetrics {
  constructor(
    @InjectMetric(BUCKETS) private readonly buckets: Counter,
    @InjectMetric(ROWS) private readonly rows: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
  ) {}

  ran({ buckets, rows }: RollUpOutcome, seconds: number): void {
    this.buckets.inc(buckets);
    this.rows.inc(rows);
    this.duration.observe(seconds);
  }
}
