import { Module } from '@nestjs/common';
import { CollectorModule } from '../collector/index.js';
import { QueuesModule } from '../platform/queues/index.js';
import { HousekeepingService } from './housekeeping.service.js';
import { EnsurePartitionsProcessor } from './jobs/ensure-partitions.processor.js';
import { ENSURE_PARTITIONS, HOUSEKEEPING_SCHEDULES, PRUNE } from './jobs/housekeeping-jobs.js';
import { PruneProcessor } from './jobs/prune.processor.js';

@Module({
  imports: [
    CollectorModule,
    QueuesModule.forFeature({ jobs: [ENSURE_PARTITIONS, PRUNE], schedules: HOUSEKEEPING_SCHEDULES }),
  ],
  providers: [HousekeepingService, EnsurePartitionsProcessor, PruneProcessor],
})
export class HousekeepingModule {}
