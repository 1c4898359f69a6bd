import { Injectable } from '@nestjs/common';
import { Processes, type JobProcessor, type JobResult } from '../../platform/queues/index.js';
import { HousekeepingService } from '../housekeeping.service.js';
import { PRUNE } from './housekeeping-jobs.js';

@Injectable()
@Processes(PRUNE)
export class PruneProcessor implements JobProcessor {
  constructor(private readonly housekeeping: HousekeepingService) {}

  async process(): Promise<JobResult> {
    const { deadLetters, ticks } = await this.housekeeping.prune();
    return { dead_letters: deadLetters, ticks };
  }
}
