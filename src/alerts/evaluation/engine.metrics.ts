import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';

const DURATION = 'alert_tick_duration_seconds';
const RULES = 'alert_rules_evaluated_total';
const QUERIES = 'alert_metric_reads_total';
const SKIPPED = 'alert_ticks_skipped_total';
const ERRORS = 'alert_evaluation_errors_total';
const TRANSITIONS = 'alert_transitions_total';

export type EvaluationError = 'metric_read' | 'unknown_metric' | 'write' | 'sampling' | 'tick';

export const engineMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DURATION,
    help: 'How long one evaluation of all rules took, reading and writing included.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  makeCounterProvider({ name: RULES, help: 'Rules that were evaluated, each at every tick.' }),
  makeCounterProvider({ name: QUERIES, help: 'Reads of metrics by ticks: one per metric, window and grouping.' }),
  makeCounterProvider({
    name: SKIPPED,
    help: 'Ticks that passed without an evaluation: one before them took too long, or no worker was there.',
  }),
  makeCounterProvider({
    name: ERRORS,
    help: 'What went wrong at ticks: reads, rules of metrics that are not there, rules that could not be written.',
    labelNames: ['error'],
  }),
  makeCounterProvider({
    name: TRANSITIONS,
    help: 'Transitions of alerts, by the state they went to.',
    labelNames: ['state'],
  }),
];

/** What the engine does, for Prometheus. */
@Injectable()
export class EngineMetrics {
  constructor(
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(RULES) private readonly rules: Counter,
    @InjectMetric(QUERIES) private readonly queries: Counter,
    @InjectMetric(SKIPPED) private readonly skippedTicks: Counter,
    @InjectMetric(ERRORS) private readonly errors: Counter,
    @InjectMetric(TRANSITIONS) private readonly transitions: Counter,
  ) {}

  evaluated({ rules, reads, seconds }: { rules: number; reads: number; seconds: number }): void {
    this.duration.observe(seconds);
    this.rules.inc(rules);
    this.queries.inc(reads);
  }

  skipped(ticks: number): void {
    this.skippedTicks.inc(ticks);
  }

  failed(error: EvaluationError, times = 1): void {
    if (times > 0) this.errors.inc({ error }, times);
  }

  went(state: string): void {
    this.transitions.inc({ state });
  }
}
