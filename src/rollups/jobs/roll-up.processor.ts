import { Injectable } from '@nestjs/common';
import { Processes, type JobProcessor, type JobResult } from '../../platform/queues/index.js';
import { RollupScheduler } from '../rollup-scheduler.js';
import { ROLL_UP } from './rollup-jobs.js';

@Injectable()
@Processes(ROLL_UP)
export class RollUpProcessor implements JobProcessor {
  constructor(private readonly scheduler: RollupScheduler) {}

  async process(): Promise<JobResult> {
    return { ...(await this.scheduler.rollUp()) };
  }
}
