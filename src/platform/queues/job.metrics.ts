import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';

export type JobOutcome = 'completed' | 'skipped' | 'failed' | 'permanent';
interface JobLabels {
  queue: string;
  job: string;
}

const DURATION = 'job_duration_seconds';
const LAG = 'job_lag_seconds';
const TICKS = 'schedule_ticks_total';
const SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export const jobMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DURATION,
    help: 'How long one run of a job took, by outcome (failed: will be retried; permanent: will not).',
    labelNames: ['queue', 'job', 'outcome'],
    buckets: SECONDS,
  }),
  makeHistogramProvider({
    name: LAG,
    help: 'How long a job that was due waited before a worker started it.',
    labelNames: ['queue', 'job'],
    buckets: SECONDS,
  }),
  makeCounterProvider({
    name: TICKS,
    help: 'Ticks of schedules that this process put into a queue (every process does), by result.',
    labelNames: ['schedule', 'result'],
  }),
];

/** Durations, lags and outcomes of jobs. Labels are bounded: they come from declarations in the code. */
@Injectable()
export class JobMetrics {
  constructor(
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(LAG) private readonly lag: Histogram,
    @InjectMetric(TICKS) private readonly ticks: Counter,
  ) {}

  started(labels: JobLabels, lagMs: number): void {
    this.lag.observe({ ...labels }, Math.max(0, lagMs) / 1_000);
  }

  ended(labels: JobLabels & { outcome: JobOutcome }, seconds: number): void {
    this.duration.observe({ ...labels }, seconds);
  }

  ticked(schedule: string, result: 'enqueued' | 'failed'): void {
    this.ticks.inc({ schedule, result });
  }
}
