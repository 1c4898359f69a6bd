import { Injectable, Logger } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { Clock, isInFuture } from '../clock/index.js';
import { runWithCorrelationId } from '../correlation/index.js';
import { DomainError } from '../errors/index.js';
import type { QueuedJob } from './backend/queue-backend.js';
import type { JobResult } from './job.js';
import { JobMetrics, type JobOutcome } from './job.metrics.js';
import { ProcessorRegistry } from './processor-registry.js';
import type { QueueName } from './queue-names.js';
import { isSuperseded } from './schedule/schedule.js';
import { ScheduleTickRepository } from './schedule/schedule-tick.repository.js';

/** The one wrapper around every processor: correlation, measuring, claiming of ticks, kinds of errors. */
@Injectable()
export class JobRunner {
  private readonly log = new Logger('Jobs');

  constructor(
    private readonly registry: ProcessorRegistry,
    private readonly ticks: ScheduleTickRepository,
    private readonly metrics: JobMetrics,
    private readonly clock: Clock,
  ) {}

  async run(queue: QueueName, job: QueuedJob): Promise<JobResult> {
    return runWithCorrelationId(job.data.correlationId ?? idOf(job), () => this.measure(queue, job));
  }

  private async measure(queue: QueueName, job: QueuedJob): Promise<JobResult> {
    const labels = { queue, job: job.name };
    this.metrics.started(labels, this.clock.now().getTime() - job.timestamp - job.delay);
    const startedAt = performance.now();
    const ended = (outcome: JobOutcome): void => {
      this.metrics.ended({ ...labels, outcome }, (performance.now() - startedAt) / 1_000);
    };
    try {
      const skipped = await this.reasonToSkip(job);
      const result = skipped ? { skipped } : await this.process(queue, job);
      ended(skipped ? 'skipped' : 'completed');
      return result;
    } catch (error) {
      const permanent = isPermanent(error);
      ended(permanent ? 'permanent' : 'failed');
      this.log.error(`Job ${job.name} (${idOf(job)}) failed${permanent ? ' for good' : ''}`, error);
      throw permanent ? new UnrecoverableError((error as Error).message) : error;
    }
  }

  private async process(queue: QueueName, job: QueuedJob): Promise<JobResult> {
    const processor = this.registry.processorOf(queue, job.name);
    // Not permanent: while a new version is rolled out, an old worker may get a job that only the new one knows.
    if (!processor) throw new Error(`No processor for job ${job.name} of queue ${queue} in this version.`);
    const { payload, tick } = job.data;
    return processor.process({
      id: idOf(job),
      name: job.name,
      data: payload,
      attempt: job.attemptsMade + 1,
      tick: tick && new Date(tick.at),
    });
  }

  private async reasonToSkip(job: QueuedJob): Promise<string | undefined> {
    const { tick } = job.data;
    if (!tick) return undefined;
    const now = this.clock.now();
    if (isSuperseded(tick, now)) return 'superseded by a newer tick';
    const claimed = await this.ticks.claim(tick.schedule, new Date(tick.at), new Date(job.timestamp));
    // Claimed all the same: by its claim the tick is found and taken back, so that it can be run when it is due.
    if (isInFuture(new Date(tick.at), now)) return 'this tick is in the future';
    return claimed ? undefined : 'this tick was run before';
  }
}

/** Whether trying again cannot help: the domain said no, and not because something was busy or away. */
function isPermanent(error: unknown): boolean {
  return error instanceof UnrecoverableError || (error instanceof DomainError && !('retryAfterSeconds' in error));
}

function idOf(job: QueuedJob): string {
  return job.id ?? job.name;
}
