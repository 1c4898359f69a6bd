import type { AppConfig } from '../../platform/config/index.js';
import { defineJob, type Schedule } from '../../platform/queues/index.js';

/** Evaluates all rules at a tick. Not retried: the next tick sees what this one would have seen. */
export const EVALUATE = defineJob({ name: 'evaluate', queue: 'alerts', attempts: 1 });

export function alertSchedules({ alerts }: AppConfig): Schedule[] {
  return [{ name: 'evaluate', everySeconds: alerts.evaluationIntervalSeconds, job: EVALUATE }];
}
