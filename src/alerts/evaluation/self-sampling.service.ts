import { Injectable } from '@nestjs/common';
import { MetricSampler, NewestEventRepository, type Sample } from '../../metrics/index.js';
import { within } from '../../platform/deadline/index.js';
import { Logger } from '../../platform/logging/index.js';
import { JobQueue, QUEUE_NAMES } from '../../platform/queues/index.js';
import { countLate } from '../domain/evaluation-report.js';
import { DatabaseSamples } from './database-samples.js';
import { EngineMetrics } from './engine.metrics.js';
import { EvaluationLog } from './evaluation-log.service.js';

/** Measuring must not keep the rules waiting: what is not known by then has no sample at this tick. */
const TIMEOUT_MS = 500;
/** Alerts come from here, not from a feed that could stall. */
const OWN_EVENTS = 'alert';

/** Measures at every tick what has no event behind it, and records it: feeds, queues, the database, evaluations. */
@Injectable()
export class SelfSampling {
  constructor(
    private readonly sampler: MetricSampler,
    private readonly newest: NewestEventRepository,
    private readonly database: DatabaseSamples,
    private readonly queues: JobQueue,
    private readonly evaluations: EvaluationLog,
    private readonly metrics: EngineMetrics,
    private readonly log: Logger,
  ) {}

  /** Never fails: what cannot be measured is counted and left out. */
  async sample(at: Date): Promise<void> {
    const sources = [this.feeds(at), this.depths(at), this.lateness(at)];
    const measured = await Promise.all(sources.map((source) => this.orNothing(source)));
    const samples = [...measured.flat(), ...this.database.take(at)];
    await this.orNothing(this.sampler.record(samples).then(() => []));
  }

  private async orNothing(measuring: Promise<Sample[]>): Promise<Sample[]> {
    try {
      return await within(TIMEOUT_MS, 'Sampling', measuring);
    } catch (error) {
      this.metrics.failed('sampling');
      this.log.debug('Something could not be sampled at this tick.', { err: error });
      return [];
    }
  }

  private async feeds(at: Date): Promise<Sample[]> {
    const newest = [...(await this.newest.at(at))].filter(([type]) => type !== OWN_EVENTS);
    return newest.map(([event_type, last]) => ({
      family: 'feeds',
      at,
      dimensions: { event_type },
      value: (at.getTime() - last.getTime()) / 1_000,
    }));
  }

  private async depths(at: Date): Promise<Sample[]> {
    const depths = await Promise.all(
      QUEUE_NAMES.map(async (queue) => ({ queue, ...(await this.queues.depth(queue)) })),
    );
    return depths.flatMap(({ queue, waiting, failed }) => [
      { family: 'queues_waiting', at, dimensions: { queue }, value: waiting },
      { family: 'queues_failed', at, dimensions: { queue }, value: failed },
    ]);
  }

  private async lateness(at: Date): Promise<Sample[]> {
    const value = countLate(await this.evaluations.status(at));
    return [{ family: 'late_evaluations', at, dimensions: {}, value }];
  }
}
