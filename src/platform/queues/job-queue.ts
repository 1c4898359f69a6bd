import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { currentCorrelationId } from '../correlation/index.js';
import { within } from '../deadline/index.js';
import { DependencyUnavailableError } from '../errors/index.js';
import {
  QueueBackend,
  REMOVE_ON_COMPLETE,
  REMOVE_ON_FAIL,
  type BoardQueue,
  type BullQueue,
} from './backend/queue-backend.js';
import type { JobDefinition, JobEnvelope, TickStamp } from './job.js';
import { QUEUE_NAMES, type QueueName } from './queue-names.js';

const ENQUEUE_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
const COUNT_TIMEOUT_MS = 1_000;
const START_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

export interface EnqueueOptions {
  /**
   * Makes the job unique while it is queued and for an hour after it was done: enqueueing the same id again changes
   * nothing. No `:`, and not a bare integer.
   */
  readonly id?: string;
  readonly delayMs?: number;
}

export type QueueDepth = Record<'waiting' | 'active' | 'delayed' | 'failed', number>;

/** The way into the queues. */
@Injectable()
export class JobQueue implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Queues');
  private readonly queues: ReadonlyMap<QueueName, BullQueue>;

  constructor(private readonly backend: QueueBackend) {
    this.queues = new Map(QUEUE_NAMES.map((name) => [name, backend.createQueue(name)]));
  }

  /**
   * Queues a job; it carries the correlation id of the caller. Returns the id of the job.
   *
   * There is no transaction around this and the database: write what must not be lost to the database first, enqueue
   * after the commit, and sweep for what was left behind.
   *
   * @throws DependencyUnavailableError when the queue cannot be reached. The job may have been queued all the same.
   */
  async enqueue<Data extends object>(
    job: JobDefinition<Data>,
    data: Data,
    options: EnqueueOptions = {},
  ): Promise<string> {
    return this.add(job, { payload: data, correlationId: currentCorrelationId() }, options);
  }

  /** Queues many jobs of one kind in one go: either all of them or, as far as can be told, none. See {@link enqueue}. */
  async enqueueAll<Data extends object>(
    job: JobDefinition<Data>,
    entries: readonly { readonly data: Data; readonly id: string }[],
  ): Promise<void> {
    const correlationId = currentCorrelationId();
    const jobs = entries.map(({ data, id }) => ({
      name: job.name,
      data: { payload: data, correlationId },
      opts: optionsOf(job, { id }),
    }));
    await this.adding(job, this.queue(job.queue).addBulk(jobs));
  }

  /**
   * Queues the job of a tick. Any number of processes may do so for the same tick.
   * @param queuedAt now, by the clock that all processes share
   */
  async enqueueTick(job: JobDefinition, id: string, tick: TickStamp, queuedAt: Date): Promise<string> {
    return this.add(job, { payload: {}, correlationId: id, tick }, { id, timestamp: queuedAt.getTime() });
  }

  /**
   * Removes a job, whatever became of it, so that its id is free. Returns whether it is gone: one that runs is not removed.
   * @throws DependencyUnavailableError when the queue cannot be reached
   */
  async remove(job: JobDefinition, id: string): Promise<boolean> {
    const queue = this.queue(job.queue);
    const removed = await this.adding(job, queue.remove(id));
    return removed === 1 || (await this.adding(job, queue.getJob(id))) === undefined;
  }

  /** How many jobs of a queue are in each state. Rejects when the queue does not tell within a second. */
  async depth(name: QueueName): Promise<QueueDepth> {
    const counting = this.queue(name).getJobCounts('waiting', 'active', 'delayed', 'failed');
    return (await within(COUNT_TIMEOUT_MS, `Counting the jobs of queue ${name}`, counting)) as QueueDepth;
  }

  /** Rejects when no job can be queued: the backend is away, or refuses writes. */
  async checkWritable(): Promise<void> {
    await within(COUNT_TIMEOUT_MS, 'Writing to the queue', this.backend.checkWritable());
  }

  /** The queues themselves, for the board that shows them; everybody else enqueues. */
  forBoard(): readonly BoardQueue[] {
    // Both backends make whole queues, of which the rest of this code uses little.
    return [...this.queues.values()] as unknown as BoardQueue[];
  }

  /** Keeps the application from starting on a queue that is not there. */
  async onModuleInit(): Promise<void> {
    const ready = Promise.all([...this.queues.values()].map((queue) => queue.waitUntilReady()));
    const place = this.backend.kind === 'redis' ? 'Redis (see REDIS_URL)' : 'PostgreSQL';
    await within(START_TIMEOUT_MS, `Connecting to the queue on ${place}`, ready);
  }

  /** By now nothing enqueues any more: the HTTP server and the workers are closed. */
  async onApplicationShutdown(): Promise<void> {
    const closing = Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await within(CLOSE_TIMEOUT_MS, 'Closing the queues', closing).catch((error) => this.log.warn(String(error)));
    await this.backend.close();
  }

  private async add(
    job: JobDefinition,
    envelope: JobEnvelope,
    options: EnqueueOptions & { readonly timestamp?: number },
  ): Promise<string> {
    const added = await this.adding(job, this.queue(job.queue).add(job.name, envelope, optionsOf(job, options)));
    return added.id ?? '';
  }

  private async adding<T>(job: JobDefinition, work: Promise<T>): Promise<T> {
    try {
      return await within(ENQUEUE_TIMEOUT_MS, `Enqueueing ${job.name}`, work);
    } catch (error) {
      throw new DependencyUnavailableError('queue', RETRY_AFTER_SECONDS, { cause: error });
    }
  }

  private queue(name: QueueName): BullQueue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`There is no queue "${name}": add it to queue-names.ts.`);
    return queue;
  }
}

function optionsOf(
  job: JobDefinition,
  { id, delayMs, timestamp }: EnqueueOptions & { readonly timestamp?: number },
): JobsOptions {
  return {
    ...(timestamp !== undefined && { timestamp }),
    jobId: id,
    delay: delayMs,
    attempts: job.attempts,
    backoff: { type: 'exponential', delay: job.backoffMs, jitter: 0.5 },
    removeOnComplete: REMOVE_ON_COMPLETE,
    removeOnFail: REMOVE_ON_FAIL,
  };
}
