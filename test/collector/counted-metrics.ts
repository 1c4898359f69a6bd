import { Counter, Histogram } from 'prom-client';
import {
  CollectorMetrics,
  type CountedVerdict,
  type DeadLetterFate,
  type DropReason,
} from '../../src/collector/collector.metrics.js';

const counter = (...labelNames: string[]): Counter => new Counter({ name: 'c', help: 'c', labelNames, registers: [] });
const histogram = (...labelNames: string[]): Histogram =>
  new Histogram({ name: 'h', help: 'h', labelNames, registers: [] });

/** The collector's metrics, readable by a test. */
export class CountedMetrics extends CollectorMetrics {
  readonly totals: Record<string, number> = {};

  constructor() {
    super(
      counter('event_type', 'verdict'),
      histogram('outcome'),
      histogram(),
      counter('limit'),
      counter('reason'),
      histogram(),
      counter('fate'),
    );
  }

  override judged(eventType: string, verdict: CountedVerdict, events: number): void {
    super.judged(eventType, verdict, events);
    this.add(`${eventType} ${verdict}`, events);
  }

  override lost(reason: DropReason, events: number): void {
    super.lost(reason, events);
    this.add(`lost ${reason}`, events);
  }

  override overloaded(limit: 'events' | 'bodies'): void {
    super.overloaded(limit);
    this.add(`overloaded ${limit}`, 1);
  }

  override deadLetters(fate: DeadLetterFate, letters: number): void {
    super.deadLetters(fate, letters);
    this.add(`dead letters ${fate}`, letters);
  }

  private add(name: string, count: number): void {
    this.totals[name] = (this.totals[name] ?? 0) + count;
  }
}
