import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../collector/index.js';
import { Clock } from '../platform/clock/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { ScheduleTickRepository } from '../platform/queues/index.js';

/** Enough for a weekend without any worker; what comes later than that is made when the first event needs it. */
const PARTITIONS_AHEAD_DAYS = 3;
/** Longer than a job of a tick can still be around: finished ones stay for an hour, failed ones are retried in minutes. */
const TICKS_KEPT_MS = 2 * 24 * 3_600 * 1_000;

/** What has to be done now and then so that nothing runs out or fills up. Everything here may run at any time, twice. */
@Injectable()
export class HousekeepingService {
  constructor(
    private readonly partitions: PartitionKeeper,
    private readonly deadLetters: DeadLetters,
    private readonly ticks: ScheduleTickRepository,
    private readonly clock: Clock,
  ) {}

  /** Midnight must find its partition: making it then would hold up every writer. */
  async ensurePartitions(): Promise<void> {
    await this.partitions.ensureAhead(this.clock.now(), PARTITIONS_AHEAD_DAYS);
  }

  async prune(): Promise<{ deadLetters: number; ticks: number }> {
    const deadLetters = await this.deadLetters.evict();
    const ticks = await this.ticks.forget(new Date(this.clock.now().getTime() - TICKS_KEPT_MS));
    return { deadLetters, ticks };
  }
}
