import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Clock, CLOCK_TOLERANCE_MS } from '../../clock/index.js';
import { JobMetrics } from '../job.metrics.js';
import { JobQueue } from '../job-queue.js';
import { ProcessorRegistry } from '../processor-registry.js';
import { ThrottledErrorLog } from '../throttled-error-log.js';
import { ScheduleTickRepository } from './schedule-tick.repository.js';
import { currentTick, nextTick, tickJobId, type Schedule } from './schedule.js';

/** A tick that could not be queued is tried again while it is the current one. */
const RETRY_MS = 5_000;

/**
 * Puts the job of every tick into its queue, in every process: the job's id is the tick, so that it is queued once.
 * When a process starts it queues the current ticks as well, so that a tick that nobody fired is made up for. Ticks that
 * were run while the clock was ahead are taken back: otherwise they would count as done when their time comes.
 */
@Injectable()
export class TickScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Schedules');
  private readonly log = new ThrottledErrorLog(this.logger);
  private readonly firing = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly registry: ProcessorRegistry,
    private readonly queue: JobQueue,
    private readonly ticks: ScheduleTickRepository,
    private readonly timers: SchedulerRegistry,
    private readonly metrics: JobMetrics,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    for (const schedule of this.registry.schedules) this.arm(schedule, 0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const { name } of this.registry.schedules) this.disarm(name);
    await Promise.all(this.firing);
  }

  private arm(schedule: Schedule, delayMs: number): void {
    if (this.stopped) return;
    this.disarm(schedule.name);
    const timer = setTimeout(() => {
      const firing = this.fire(schedule).finally(() => this.firing.delete(firing));
      this.firing.add(firing);
    }, delayMs);
    this.timers.addTimeout(schedule.name, timer);
  }

  private disarm(name: string): void {
    if (this.timers.doesExist('timeout', name)) this.timers.deleteTimeout(name);
  }

  /** Never rejects. */
  private async fire(schedule: Schedule): Promise<void> {
    const tick = currentTick(schedule, this.clock.now());
    const queued = await this.enqueue(schedule, tick);
    const now = this.clock.now();
    const periodMs = schedule.everySeconds * 1_000;
    // Never longer than a period: the clock may have been put back meanwhile.
    const untilNextMs = Math.min(periodMs, Math.max(0, nextTick(schedule, tick).getTime() - now.getTime()));
    this.arm(schedule, queued ? untilNextMs : Math.min(untilNextMs, RETRY_MS));
  }

  private async enqueue(schedule: Schedule, tick: Date): Promise<boolean> {
    const { name, everySeconds, job } = schedule;
    const stamp = { schedule: name, at: tick.toISOString(), everySeconds };
    await this.takeBackFuture(schedule);
    try {
      await this.queue.enqueueTick(job, tickJobId(schedule, tick), stamp, this.clock.now());
      this.metrics.ticked(name, 'enqueued');
      return true;
    } catch (error) {
      this.metrics.ticked(name, 'failed');
      this.log.report(`Schedule ${name} could not queue its tick; it tries again`, error);
      return false;
    }
  }

  /** Never rejects. */
  private async takeBackFuture(schedule: Schedule): Promise<void> {
    try {
      await this.takeBackAfter(schedule, new Date(this.clock.now().getTime() + CLOCK_TOLERANCE_MS));
    } catch (error) {
      this.log.report(`Schedule ${schedule.name} could not look for ticks in the future; it tries again`, error);
    }
  }

  private async takeBackAfter(schedule: Schedule, instant: Date): Promise<void> {
    const { name, job } = schedule;
    const ticks = await this.ticks.after(name, instant);
    for (const tick of ticks) {
      if (await this.queue.remove(job, tickJobId(schedule, tick))) await this.ticks.release(name, tick);
    }
    const [first, last] = [ticks[0], ticks.at(-1)];
    if (!first || !last) return;
    this.logger.warn(
      `Took back ${ticks.length} ticks of schedule ${name} that lie in the future, ${first.toISOString()} to ` +
        `${last.toISOString()}: a clock was ahead.`,
    );
  }
}
