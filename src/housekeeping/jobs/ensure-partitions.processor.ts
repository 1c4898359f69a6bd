import { Injectable } from '@nestjs/common';
import { Processes, type JobProcessor } from '../../platform/queues/index.js';
import { HousekeepingService } from '../housekeeping.service.js';
import { ENSURE_PARTITIONS } from './housekeeping-jobs.js';

@Injectable()
@Processes(ENSURE_PARTITIONS)
export class EnsurePartitionsProcessor implements JobProcessor {
  constructor(private readonly housekeeping: HousekeepingService) {}

  async process(): Promise<void> {
    await this.housekeeping.ensurePartitions();
  }
}
