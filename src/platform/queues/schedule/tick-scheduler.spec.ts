import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { defineJob, type JobDefinition } from '../job.js';
import type { JobMetrics } from '../job.metrics.js';
import type { JobQueue } from '../job-queue.js';
import type { ProcessorRegistry } from '../processor-registry.js';
import type { Schedule } from './schedule.js';
import type { ScheduleTickRepository } from './schedule-tick.repository.js';
import { TickScheduler } from './tick-scheduler.js';

beforeAll(() => Logger.overrideLogger(false));

const job = defineJob({ name: 'sweep', queue: 'maintenance' });
const minutely: Schedule = { name: 'sweep', everySeconds: 60, job };

/** Remembers which ids were queued, when, and can be away. */
class FakeQueue {
  readonly queued: string[] = [];
  readonly removed: string[] = [];
  away = false;
  /** Jobs that run just now. */
  running: string[] = [];
  async enqueueTick(_job: JobDefinition, id: string): Promise<string> {
    if (this.away) throw new Error('away');
    this.queued.push(id);
    return id;
  }
  async remove(_job: JobDefinition, id: string): Promise<boolean> {
    if (!this.running.includes(id)) this.removed.push(id);
    return !this.running.includes(id);
  }
}

class FakeTicks {
  constructor(public claimed: Date[] = []) {}
  async after(_name: string, instant: Date): Promise<Date[]> {
    return this.claimed.filter((tick) => tick > instant);
  }
  async release(_name: string, released: Date): Promise<void> {
    this.claimed = this.claimed.filter((tick) => tick.getTime() !== released.getTime());
  }
}

function start(queue: FakeQueue, ticks = new FakeTicks()): TickScheduler {
  const scheduler = new TickScheduler(
    { schedules: [minutely] } as unknown as ProcessorRegistry,
    queue as unknown as JobQueue,
    ticks as unknown as ScheduleTickRepository,
    new SchedulerRegistry(),
    { ticked: () => undefined } as unknown as JobMetrics,
    { now: () => new Date() },
  );
  scheduler.onApplicationBootstrap();
  return scheduler;
}

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-11-22T10:00:20Z') });
});
afterEach(() => {
  jest.useRealTimers();
});

it('queues the current tick at start and each further one on the minute', async () => {
  const queue = new FakeQueue();
  start(queue);
  await jest.advanceTimersByTimeAsync(0);
  expect(queue.queued).toEqual(['sweep_2026-11-22T10-00-00Z']);
  await jest.advanceTimersByTimeAsync(39_999);
  expect(queue.queued).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(queue.queued).toEqual(['sweep_2026-11-22T10-00-00Z', 'sweep_2026-11-22T10-01-00Z']);
  await jest.advanceTimersByTimeAsync(120_000);
  expect(queue.queued).toHaveLength(4);
});

it('gives two processes that were started at different times the same ticks', async () => {
  const one = new FakeQueue();
  const other = new FakeQueue();
  start(one);
  await jest.advanceTimersByTimeAsync(17_300);
  start(other);
  await jest.advanceTimersByTimeAsync(180_000);
  expect(other.queued).toEqual(one.queued);
});

it('tries again every few seconds while the queue is away, and loses no tick that is still current', async () => {
  const queue = new FakeQueue();
  queue.away = true;
  start(queue);
  await jest.advanceTimersByTimeAsync(42_000); // 10:01:02
  queue.away = false;
  await jest.advanceTimersByTimeAsync(5_000);
  expect(queue.queued).toEqual(['sweep_2026-11-22T10-01-00Z']);
});

it('jumps to the current tick after the process was held up for many', async () => {
  const queue = new FakeQueue();
  start(queue);
  await jest.advanceTimersByTimeAsync(0);
  jest.setSystemTime(new Date('2026-11-22T12:34:56Z'));
  await jest.advanceTimersByTimeAsync(40_000);
  expect(queue.queued).toEqual(['sweep_2026-11-22T10-00-00Z', 'sweep_2026-11-22T12-35-00Z']);
});

it('fires no more once it is stopped, and can be stopped twice', async () => {
  const queue = new FakeQueue();
  const scheduler = start(queue);
  await jest.advanceTimersByTimeAsync(0);
  await scheduler.beforeApplicationShutdown();
  await scheduler.beforeApplicationShutdown();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(queue.queued).toHaveLength(1);
});

it('takes back what was run while the clock was ahead, as soon as it does not run any more', async () => {
  const [due, soon, later] = ['10:00', '10:02', '10:05'].map((time) => new Date(`2026-11-22T${time}:00Z`));
  const ticks = new FakeTicks([due!, soon!, later!]);
  const queue = new FakeQueue();
  queue.running = ['sweep_2026-11-22T10-05-00Z'];
  start(queue, ticks);
  await jest.advanceTimersByTimeAsync(0);
  expect(queue.removed).toEqual(['sweep_2026-11-22T10-02-00Z']);
  expect(ticks.claimed).toEqual([due, later]);
  queue.running = [];
  await jest.advanceTimersByTimeAsync(40_000);
  expect(queue.removed).toEqual(['sweep_2026-11-22T10-02-00Z', 'sweep_2026-11-22T10-05-00Z']);
  expect(ticks.claimed).toEqual([due]);
});

it('goes on within a period when the clock is put back', async () => {
  const queue = new FakeQueue();
  start(queue);
  await jest.advanceTimersByTimeAsync(0);
  jest.setSystemTime(new Date('2026-10-13T10:00:20Z'));
  await jest.advanceTimersByTimeAsync(60_000);
  expect(queue.queued).toEqual(['sweep_2026-11-22T10-00-00Z', 'sweep_2026-10-13T10-01-00Z']);
});

it('goes on within a period when the clock is put back while a tick is being queued', async () => {
  const queue = new FakeQueue();
  const enqueueTick = queue.enqueueTick.bind(queue);
  queue.enqueueTick = async (job, id) => {
    if (queue.queued.length === 0) jest.setSystemTime(new Date('2026-10-13T10:00:20Z'));
    return enqueueTick(job, id);
  };
  start(queue);
  await jest.advanceTimersByTimeAsync(0);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(queue.queued).toHaveLength(2);
});
