import type { IQueueBackend, Job as BullJob, Queue, Worker, WorkerOptions } from 'bullmq';
import type { JobEnvelope, JobResult } from '../job.js';
import type { QueueName } from '../queue-names.js';

type AnyQueue = Queue<JobEnvelope, JobResult, string, JobEnvelope, JobResult, string, IQueueBackend>;
type AnyWorker = Worker<JobEnvelope, JobResult, string, IQueueBackend>;

/** What this code uses of BullMQ's classes. Their full types differ by backend. */
export type BullQueue = Pick<
  AnyQueue,
  'name' | 'add' | 'addBulk' | 'getJob' | 'getJobCounts' | 'remove' | 'waitUntilReady' | 'close'
>;
/** A whole queue, as the board of BullMQ takes it. */
export type BoardQueue = Queue;
export type BullWorker = Pick<AnyWorker, 'name' | 'run' | 'waitUntilReady' | 'close'>;
export type QueuedJob = BullJob<JobEnvelope, JobResult>;
export type RunJob = (job: QueuedJob) => Promise<JobResult>;

/**
 * Where the queues live. Queues and workers made here behave the same on either backend, as far as this code uses
 * them; what differs is what they cost in connections and how they are pinged.
 */
export abstract class QueueBackend {
  abstract readonly kind: 'postgresql' | 'redis';

  /** Makes the backend usable (connection, schema). Must be over before the first worker is made. */
  abstract open(): Promise<void>;
  abstract createQueue(name: QueueName): BullQueue;
  /** A worker that does not run yet. */
  abstract createWorker(name: QueueName, run: RunJob, concurrency: number): BullWorker;
  /** Rejects while the backend answers and yet takes no jobs. */
  abstract checkWritable(): Promise<void>;
  /** Called when the application begins to shut down, while jobs are still in flight. */
  leave(): void {}
  /** Releases what the backend itself holds, after its queues and workers were closed. */
  abstract close(): Promise<void>;
}

/**
 * A worker that dies holds its jobs for at most LOCK_MS + STALLED_CHECK_MS = 15 s; then another takes them over.
 * BullMQ's defaults of 30 s each would break the promise that a critical alert leaves within 30 s.
 */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

/** How often a job may lose its worker before it is given up: it may well be the one that kills them. */
const MAX_STALLED_COUNT = 3;

/** After a refused connection. BullMQ's default of 15 s would alone use up half of the 30 s promise. */
const RETRY_AFTER_OUTAGE_MS = 1_000;

export const WORKER_OPTIONS = {
  autorun: false,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_CHECK_MS,
  maxStalledCount: MAX_STALLED_COUNT,
  runRetryDelay: RETRY_AFTER_OUTAGE_MS,
} as const satisfies Partial<WorkerOptions>;

const HOUR_SECONDS = 3_600;

/** A finished job's id stays taken for an hour: a tick that fires late, somewhere, is not queued again. */
export const REMOVE_ON_COMPLETE = { age: HOUR_SECONDS, count: 10_000 } as const;
/** Failed jobs are kept for a look at them, but not without bound. */
export const REMOVE_ON_FAIL = { age: 7 * 24 * HOUR_SECONDS, count: 1_000 } as const;
