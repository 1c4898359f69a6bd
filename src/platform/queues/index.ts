export { QueuesModule } from './queues.module.js';
export { JobQueue, type EnqueueOptions } from './job-queue.js';
export { defineJob, Processes, type Job, type JobDefinition, type JobProcessor, type JobResult } from './job.js';
export type { Schedule } from './schedule/schedule.js';
export { ScheduleTickRepository } from './schedule/schedule-tick.repository.js';
export { QUEUE_NAMES } from './queue-names.js';
