import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import type { RollUpStep } from './roll-up.service.js';

const BUCKETS = 'rollup_buckets_rewritten_total';
const ROWS = 'rollup_rows_written_total';
const FOLDED = 'rollup_folded_values_total';
const DURATION = 'rollup_run_duration_seconds';

export const rollupMetricProviders: Provider[] = [
  makeCounterProvider({ name: BUCKETS, help: 'Rollup buckets that were rewritten.', labelNames: ['level'] }),
  makeCounterProvider({ name: ROWS, help: 'Rollup rows that were written.', labelNames: ['level'] }),
  makeCounterProvider({
    name: FOLDED,
    help: 'Dimension values beyond the day’s cap that were folded into __other__, each time a bucket with them was written.',
    labelNames: ['family', 'dimension'],
  }),
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
    @InjectMetric(FOLDED) private readonly foldedValues: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
  ) {}

  stepped({ family, level, buckets, rows, folded }: RollUpStep): void {
    this.buckets.inc({ level }, buckets);
    this.rows.inc({ level }, rows);
    for (const [dimension, values] of folded) this.foldedValues.inc({ family, dimension }, values);
  }

  ran(seconds: number): void {
    this.duration.observe(seconds);
  }
}
