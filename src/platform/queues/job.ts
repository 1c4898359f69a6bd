import { SetMetadata } from '@nestjs/common';
import type { QueueName } from './queue-names.js';

/**
 * A kind of job: where it runs and how it is retried. Declared once with {@link defineJob}, listed by its feature in
 * `QueuesModule.forFeature`, and handled by exactly one processor.
 */
export interface JobDefinition<Data extends object = object> {
  /** kebab-case, unique within its queue. */
  readonly name: string;
  readonly queue: QueueName;
  /** Runs in all, the first included. A permanent error ends them early. Default 3. */
  readonly attempts: number;
  /** Wait before the second run; doubles with each further one, with jitter. Default 1,000. */
  readonly backoffMs: number;
  /** Carries the type of the payload; never set. */
  readonly payload?: Data;
}

type JobOptions = Pick<JobDefinition, 'name' | 'queue'> & Partial<Pick<JobDefinition, 'attempts' | 'backoffMs'>>;

export function defineJob<Data extends object = object>(options: JobOptions): JobDefinition<Data> {
  return { attempts: 3, backoffMs: 1_000, ...options };
}

/** One run of a job, as its processor sees it. */
export interface Job<Data extends object = object> {
  readonly id: string;
  readonly name: string;
  readonly data: Data;
  /** 1 for the first run. */
  readonly attempt: number;
  /** The instant this job stands for, when a schedule made it. */
  readonly tick?: Date;
}

/** What a job did, for the log and the queue's record; `void` when there is nothing to tell. */
export type JobResult = Readonly<Record<string, string | number | boolean | null>> | void;

/**
 * Runs the jobs of one kind: parse → call the service → return the result.
 *
 * A `DomainError` that waiting cannot cure ends the job at once; every other error is retried. A job may run twice
 * (its worker died): what it does must be safe to repeat.
 */
export interface JobProcessor<Data extends object = object> {
  process(job: Job<Data>): Promise<JobResult>;
}

export const PROCESSES = Symbol('processes');

/** Marks a provider as the one processor of `job`. */
export const Processes = (job: JobDefinition): ClassDecorator => SetMetadata(PROCESSES, job);

/** What is stored in the queue around the payload. */
export interface JobEnvelope {
  readonly payload: object;
  readonly correlationId?: string;
  readonly tick?: TickStamp;
}

/** Names a tick: which schedule, at which instant, and how far apart its ticks are. */
export interface TickStamp {
  readonly schedule: string;
  /** ISO 8601 */
  readonly at: string;
  readonly everySeconds: number;
}
