import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { within } from '../deadline/index.js';
import { QueueBackend, type BullWorker, type QueuedJob } from './backend/queue-backend.js';
import type { JobResult } from './job.js';
import { JobRunner } from './job-runner.js';
import { QUEUE_NAMES, QUEUES, type QueueName } from './queue-names.js';

/** For the jobs in flight at shutdown. What takes longer is left to its lock, and then to another worker. */
const JOBS_TIMEOUT_MS = 20_000;
/** For what is left when no job runs any more: BullMQ waits without end for a Redis that is away. */
const CLOSE_TIMEOUT_MS = 2_000;

/** One worker per queue, in the roles that work. */
@Injectable()
export class QueueWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Queues');
  private workers: BullWorker[] = [];
  private running: Promise<void>[] = [];
  private readonly inFlight = new Set<Promise<JobResult>>();

  constructor(
    private readonly config: AppConfig,
    private readonly backend: QueueBackend,
    private readonly runner: JobRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!hasWorkers(this.config)) return;
    this.workers = QUEUE_NAMES.map((name) =>
      this.backend.createWorker(name, (job) => this.track(name, job), QUEUES[name].concurrency),
    );
    await Promise.all(this.workers.map((worker) => worker.waitUntilReady()));
    this.running = this.workers.map((worker) => this.run(worker));
  }

  /** Takes no new job, and waits for those in flight. The database is still open while it does. */
  async beforeApplicationShutdown(): Promise<void> {
    this.backend.leave();
    const closing = Promise.all([...this.workers.map((worker) => worker.close()), ...this.running]);
    try {
      await within(JOBS_TIMEOUT_MS, 'Waiting for jobs in flight', Promise.allSettled(this.inFlight));
      await within(CLOSE_TIMEOUT_MS, 'Closing the workers', closing);
    } catch (error) {
      this.log.warn(`${String(error)} What was in flight will be run again by another worker.`);
    }
  }

  private async track(name: QueueName, job: QueuedJob): Promise<JobResult> {
    const run = this.runner.run(name, job);
    this.inFlight.add(run);
    try {
      return await run;
    } finally {
      this.inFlight.delete(run);
    }
  }

  /** Ends when the worker is closed; errors on the way are its `error` events. */
  private async run(worker: BullWorker): Promise<void> {
    try {
      await worker.run();
    } catch (error) {
      this.log.error(`The worker of queue ${worker.name} ended; restart the process`, error);
    }
  }
}

export function hasWorkers(config: AppConfig): boolean {
  return config.role !== 'api';
}
