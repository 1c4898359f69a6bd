import { Queue, Worker } from 'bullmq';
import type { ThrottledErrorLog } from '../throttled-error-log.js';
import type { JobEnvelope, JobResult } from '../job.js';
import type { QueueName } from '../queue-names.js';
import { QueueBackend, WORKER_OPTIONS, type BullQueue, type BullWorker, type RunJob } from './queue-backend.js';

const CONNECT_TIMEOUT_MS = 3_000;
const PROBE_TTL_SECONDS = 60;
const LONGEST_PAUSE_BEFORE_RECONNECT_MS = 2_000;

/** Queues in Redis. One process opens one connection for each queue, and two more for each worker. */
export class RedisBackend extends QueueBackend {
  readonly kind = 'redis';
  private leaving = false;
  private anyQueue?: Queue<JobEnvelope, JobResult, string>;

  /** @param prefix what all keys begin with */
  constructor(
    private readonly url: string,
    private readonly prefix: string,
    private readonly errors: ThrottledErrorLog,
  ) {
    super();
  }

  async open(): Promise<void> {}

  createQueue(name: QueueName): BullQueue {
    // Whoever enqueues is told at once that Redis is away: commands that pile up until it is back would be done twice.
    const connection = { ...this.connection(), enableOfflineQueue: false, maxRetriesPerRequest: 1 };
    const queue = new Queue<JobEnvelope, JobResult, string>(name, { connection, prefix: this.prefix });
    queue.on('error', (error) => this.errors.report(`Queue ${name}`, error));
    this.anyQueue = queue;
    return queue;
  }

  createWorker(name: QueueName, run: RunJob, concurrency: number): BullWorker {
    const connection = { ...this.connection(), maxRetriesPerRequest: null };
    const worker = new Worker(name, run, { ...WORKER_OPTIONS, connection, concurrency, prefix: this.prefix });
    worker.on('error', (error) => this.errors.report(`Worker of queue ${name}`, error));
    return worker;
  }

  /** Memory that is used up, a replica, or a disk that is full: Redis then still answers what reads. */
  async checkWritable(): Promise<void> {
    const client = await this.anyQueue?.getBackend().client;
    await client?.set(`${this.prefix}:write-probe`, '1', { EX: PROBE_TTL_SECONDS });
  }

  /** From here on a connection that is lost stays lost: one that keeps trying would keep the process from ending. */
  override leave(): void {
    this.leaving = true;
  }

  async close(): Promise<void> {}

  private connection() {
    return {
      url: this.url,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt: number) =>
        this.leaving ? null : Math.min(attempt * 200, LONGEST_PAUSE_BEFORE_RECONNECT_MS),
    };
  }
}
