import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Client, Pool, type ClientConfig } from 'pg';
import type { ThrottledErrorLog } from '../throttled-error-log.js';
import type { QueueName } from '../queue-names.js';
import { QueueBackend, WORKER_OPTIONS, type BullQueue, type BullWorker, type RunJob } from './queue-backend.js';

const SCHEMA = 'bullmq';

/**
 * Connections one process opens for its queues, all in one pool: QUERY_CONNECTIONS, shared by every queue and worker,
 * and one for each worker to LISTEN on. Left to themselves, every queue and every worker would open a pool of ten.
 */
const QUERY_CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * BullMQ's statements take milliseconds. Without a limit a job would wait for a server that does not answer, or behind
 * a network that swallows packets, for as long as TCP tries: a quarter of an hour.
 */
const QUERY_TIMEOUT_MS = 10_000;

/** Between two attempts to claim a job after one failed. BullMQ itself retries at once, and logs each failure. */
const PAUSE_AFTER_FAILED_CLAIM_MS = 1_000;

/** Queues in the schema `bullmq` of the application's database. */
export class PostgresBackend extends QueueBackend {
  readonly kind = 'postgresql';
  private readonly settings: ClientConfig;
  private readonly pool: Pool;

  constructor(
    url: string,
    workers: number,
    private readonly errors: ThrottledErrorLog,
  ) {
    super();
    this.settings = {
      connectionString: url,
      application_name: 'analytics-queues',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      // BullMQ's SQL names its tables without a schema.
      options: `-c search_path=${SCHEMA}`,
    };
    this.pool = new Pool({ ...this.settings, max: QUERY_CONNECTIONS + workers, query_timeout: QUERY_TIMEOUT_MS });
    // Every queue and every worker adds listeners of its own; the default of 10 would be taken for a leak.
    this.pool.setMaxListeners(0);
    // A connection that the server ends, idle or handed out, would otherwise end the process.
    const lost = (error: Error): void => {
      if (!this.pool.ending) this.errors.report('The queue lost a connection to PostgreSQL', error);
    };
    this.pool.on('error', lost);
    this.pool.on('connect', (client) => client.on('error', lost));
  }

  async open(): Promise<void> {
    // Not one of the pool: a migration may take longer than its limit.
    const client = new Client(this.settings);
    client.on('error', () => undefined); // whatever happens to the connection shows in the promises below
    await client.connect();
    try {
      await runMigrations(client, SCHEMA);
    } finally {
      await client.end();
    }
  }

  createQueue(name: QueueName): BullQueue {
    const queue = new Queue(name, { connection: this.pool }, createPostgresBackend);
    queue.on('error', (error) => this.errors.report(`Queue ${name}`, error));
    return queue;
  }

  createWorker(name: QueueName, run: RunJob, concurrency: number): BullWorker {
    const options = { ...WORKER_OPTIONS, connection: this.pool, concurrency };
    const worker = new Worker(name, run, options, createPatientBackend);
    worker.on('error', (error) => this.errors.report(`Worker of queue ${name}`, error));
    return worker;
  }

  /** It is the database of everything else, which looks whether it can be written to. */
  async checkWritable(): Promise<void> {}

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/**
 * While PostgreSQL is restarting, claiming a job fails for reasons that BullMQ does not take for an outage (`57P01`,
 * `57P03`, a broken socket): it would try again at once, thousands of times a second. So a failed claim takes a while.
 */
const createPatientBackend: typeof createPostgresBackend = (name, options, extra) => {
  const backend = createPostgresBackend(name, options, extra);
  const claim: typeof backend.moveToActive = backend.moveToActive.bind(backend);
  backend.moveToActive = async (token, workerName): Promise<unknown[]> => {
    try {
      return await claim(token, workerName);
    } catch (error) {
      await sleep(PAUSE_AFTER_FAILED_CLAIM_MS);
      throw error;
    }
  };
  return backend;
};
