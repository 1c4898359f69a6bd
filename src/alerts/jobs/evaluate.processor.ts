import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Processes, type Job, type JobProcessor, type JobResult } from '../../platform/queues/index.js';
import { EvaluationTicks } from '../evaluation/evaluation-ticks.service.js';
import { EVALUATE } from './alert-jobs.js';

@Injectable()
@Processes(EVALUATE)
export class EvaluateProcessor implements JobProcessor {
  constructor(
    private readonly ticks: EvaluationTicks,
    private readonly clock: Clock,
  ) {}

  async process({ tick }: Job): Promise<JobResult> {
    const outcome = await this.ticks.run(tick ?? this.clock.now());
    return outcome ? { ...outcome } : { skipped: 'a tick that is as new took effect already' };
  }
}
