import { Logger } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { currentCorrelationId } from '../correlation/index.js';
import { ConflictError, DependencyUnavailableError } from '../errors/index.js';
import type { QueuedJob } from './backend/queue-backend.js';
import type { Job, JobEnvelope, JobProcessor, JobResult } from './job.js';
import { JobRunner } from './job-runner.js';
import type { JobMetrics } from './job.metrics.js';
import type { ProcessorRegistry } from './processor-registry.js';
import type { ScheduleTickRepository } from './schedule/schedule-tick.repository.js';

beforeAll(() => Logger.overrideLogger(false));

const now = new Date('2026-11-22T10:00:30Z');
const tick = { schedule: 'sweep', at: '2026-11-22T10:00:00.000Z', everySeconds: 60 };

class RecordingMetrics {
  readonly seen: unknown[] = [];
  started(labels: object, lagMs: number): void {
    this.seen.push({ ...labels, lagMs });
  }
  ended(labels: object): void {
    this.seen.push(labels);
  }
}

function queued(envelope: Partial<JobEnvelope> = {}): QueuedJob {
  const data = { payload: { answer: 42 }, ...envelope };
  const timestamp = now.getTime() - 1_500;
  return { id: 'sweep_1', name: 'sweep', data, timestamp, delay: 1_000, attemptsMade: 0 } as QueuedJob;
}

function runnerOf(process: JobProcessor['process'] | undefined, claim = async () => true) {
  const metrics = new RecordingMetrics();
  const runner = new JobRunner(
    { processorOf: () => process && { process } } as unknown as ProcessorRegistry,
    { claim } as unknown as ScheduleTickRepository,
    metrics as unknown as JobMetrics,
    { now: () => now },
  );
  return { metrics, run: (job: QueuedJob): Promise<JobResult> => runner.run('maintenance', job) };
}

it('hands the payload to the processor and its result to the queue', async () => {
  const seen: Job[] = [];
  const { run } = runnerOf(async (job) => {
    seen.push(job);
    return { swept: 3 };
  });
  await expect(run(queued())).resolves.toEqual({ swept: 3 });
  expect(seen).toEqual([{ id: 'sweep_1', name: 'sweep', data: { answer: 42 }, attempt: 1, tick: undefined }]);
});

it('runs a job under the correlation id of whoever queued it, or else its own id', async () => {
  const seen: (string | undefined)[] = [];
  const { run } = runnerOf(async () => void seen.push(currentCorrelationId()));
  await run(queued({ correlationId: 'request-7' }));
  await run(queued());
  expect(seen).toEqual(['request-7', 'sweep_1']);
});

it('measures lag without the delay that was asked for, and the outcome', async () => {
  const { metrics, run } = runnerOf(async () => undefined);
  await run(queued());
  const labels = { queue: 'maintenance', job: 'sweep' };
  expect(metrics.seen).toEqual([
    { ...labels, lagMs: 500 },
    { ...labels, outcome: 'completed' },
  ]);
});

it('ends a job at once when the domain says no', async () => {
  const { metrics, run } = runnerOf(async () => {
    throw new ConflictError('already closed');
  });
  await expect(run(queued())).rejects.toThrow(new UnrecoverableError('already closed'));
  await expect(run(queued())).rejects.toBeInstanceOf(UnrecoverableError);
  expect(metrics.seen).toContainEqual({ queue: 'maintenance', job: 'sweep', outcome: 'permanent' });
});

it.each([
  ['a dependency is away', new DependencyUnavailableError('database', 5)],
  ['of an unknown error', new TypeError('x is undefined')],
])('lets a job be retried when it failed because %s', async (_why, error) => {
  const { metrics, run } = runnerOf(async () => {
    throw error;
  });
  await expect(run(queued())).rejects.toBe(error);
  expect(metrics.seen).toContainEqual({ queue: 'maintenance', job: 'sweep', outcome: 'failed' });
});

it('lets a job that this version does not know be retried by another', async () => {
  const { run } = runnerOf(undefined);
  await expect(run(queued())).rejects.not.toBeInstanceOf(UnrecoverableError);
});

it('claims a tick for the job that was queued for it, by the time it was queued', async () => {
  const claims: unknown[] = [];
  const { run } = runnerOf(
    async (job) => ({ ran: job.tick?.toISOString() ?? null }),
    async (...claim: unknown[]) => claims.push(claim) > 0,
  );
  await expect(run(queued({ tick }))).resolves.toEqual({ ran: tick.at });
  expect(claims).toEqual([['sweep', new Date(tick.at), new Date(now.getTime() - 1_500)]]);
});

it('does not run a tick that another job ran, nor one that is superseded', async () => {
  const ran: string[] = [];
  const process = async (job: Job): Promise<void> => void ran.push(job.id);
  const { metrics, run } = runnerOf(process, async () => false);
  await expect(run(queued({ tick }))).resolves.toEqual({ skipped: 'this tick was run before' });
  const old = { ...tick, at: '2026-11-22T09:58:00.000Z' };
  await expect(runnerOf(process).run(queued({ tick: old }))).resolves.toEqual({
    skipped: 'superseded by a newer tick',
  });
  expect(ran).toEqual([]);
  expect(metrics.seen).toContainEqual({ queue: 'maintenance', job: 'sweep', outcome: 'skipped' });
});

it('does not run a tick that lies in the future, but claims it, so that it is found and taken back', async () => {
  const claims: unknown[] = [];
  const ran: string[] = [];
  const { run } = runnerOf(
    async (job) => void ran.push(job.id),
    async (...claim: unknown[]) => claims.push(claim) > 0,
  );
  const at = new Date(now.getTime() + 300_000).toISOString();
  await expect(run(queued({ tick: { ...tick, at } }))).resolves.toEqual({ skipped: 'this tick is in the future' });
  expect([claims.length, ran]).toEqual([1, []]);
});
