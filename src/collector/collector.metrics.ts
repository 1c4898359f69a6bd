import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';

const EVENTS = 'collector_events_total';
const COMMIT_DURATION = 'collector_commit_duration_seconds';
const COMMIT_EVENTS = 'collector_commit_events';
const OVERLOADS = 'collector_overloads_total';
export const PAUSED = 'collector_paused_seconds_total';
const DROPPED = 'collector_dropped_events_total';
const CLOCK_SKEW = 'collector_clock_skew_seconds';
const DEAD_LETTERS = 'collector_dead_letters_total';

export type CountedVerdict = 'accepted' | 'duplicate' | 'rejected';
/** What an in-process event could be lost to. */
export type DropReason = 'buffer_full' | 'invalid' | 'shutdown';
export type DeadLetterFate = 'kept' | 'replayed' | 'evicted_by_age' | 'evicted_by_count';

export const collectorMetricProviders: Provider[] = [
  makeCounterProvider({
    name: EVENTS,
    help: 'Events that were sent to this service, by type (other: none of ours) and verdict.',
    labelNames: ['event_type', 'verdict'],
  }),
  makeHistogramProvider({
    name: COMMIT_DURATION,
    help: 'How long a commit of events took, waiting for a connection included.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  makeHistogramProvider({
    name: COMMIT_EVENTS,
    help: 'Events per commit.',
    buckets: [1, 5, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000],
  }),
  makeCounterProvider({
    name: OVERLOADS,
    help: 'Batches refused with 429, by what was full: the queue of events, or the bytes of bodies being read.',
    labelNames: ['limit'],
  }),
  makeCounterProvider({
    name: PAUSED,
    help: 'Seconds for which commits were held back because the rollups were behind; two connections may count at once.',
  }),
  makeCounterProvider({
    name: DROPPED,
    help: 'In-process events that were lost, by reason.',
    labelNames: ['reason'],
  }),
  makeHistogramProvider({
    name: CLOCK_SKEW,
    help: "How far senders' clocks are off, either way, by their sent_at. Holds the time on the network.",
    buckets: [0.1, 0.5, 1, 5, 30, 60, 300, 3_600],
  }),
  makeCounterProvider({
    name: DEAD_LETTERS,
    help: 'Dead letters: kept, replayed, or evicted because they were too old or too many.',
    labelNames: ['fate'],
  }),
];

/** What the collector counts. Labels are bounded: types, verdicts and reasons are those of the code. */
@Injectable()
export class CollectorMetrics {
  constructor(
    @InjectMetric(EVENTS) private readonly events: Counter,
    @InjectMetric(COMMIT_DURATION) private readonly commitDuration: Histogram,
    @InjectMetric(COMMIT_EVENTS) private readonly commitEvents: Histogram,
    @InjectMetric(OVERLOADS) private readonly overloads: Counter,
    @InjectMetric(DROPPED) private readonly dropped: Counter,
    @InjectMetric(CLOCK_SKEW) private readonly clockSkew: Histogram,
    @InjectMetric(DEAD_LETTERS) private readonly letters: Counter,
  ) {}

  judged(eventType: string, verdict: CountedVerdict, events: number): void {
    this.events.inc({ event_type: eventType, verdict }, events);
  }

  /** @returns to be called when the commit ended, with the number of events it held */
  commitStarted(): (outcome: 'committed' | 'failed', events: number) => void {
    const started = performance.now();
    return (outcome, events) => {
      this.commitDuration.observe({ outcome }, (performance.now() - started) / 1_000);
      if (outcome === 'committed') this.commitEvents.observe(events);
    };
  }

  overloaded(limit: 'events' | 'bodies'): void {
    this.overloads.inc({ limit });
  }

  lost(reason: DropReason, events: number): void {
    this.dropped.inc({ reason }, events);
  }

  skewed(milliseconds: number): void {
    this.clockSkew.observe(Math.abs(milliseconds) / 1_000);
  }

  deadLetters(fate: DeadLetterFate, letters: number): void {
    this.letters.inc({ fate }, letters);
  }
}
