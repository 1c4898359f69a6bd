import { Injectable } from '@nestjs/common';
import { Processes, type JobProcessor, type JobResult } from '../../platform/queues/index.js';
import { RetentionService } from '../retention.service.js';
import { APPLY_RETENTION } from './rollup-jobs.js';

@Injectable()
@Processes(APPLY_RETENTION)
export class RetentionProcessor implements JobProcessor {
  constructor(private readonly retention: RetentionService) {}

  async process(): Promise<JobResult> {
    const { daysDropped, daysWaiting, rollupRowsDeleted } = await this.retention.apply();
    return { days_dropped: daysDropped.length, days_waiting: daysWaiting, rollup_rows_deleted: rollupRowsDeleted };
  }
}
