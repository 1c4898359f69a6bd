import { defineJob, type Schedule } from '../../platform/queues/index.js';

/** Makes the partitions of the coming days. */
export const ENSURE_PARTITIONS = defineJob({ name: 'ensure-partitions', queue: 'maintenance' });
/** Drops dead letters and ticks that are past their time. */
export const PRUNE = defineJob({ name: 'prune', queue: 'maintenance' });

const HOUR_SECONDS = 3_600;
/** Not on the hour, where everything else is. */
const PRUNE_OFFSET_SECONDS = 20 * 60;

export const HOUSEKEEPING_SCHEDULES: readonly Schedule[] = [
  { name: 'ensure-partitions', everySeconds: HOUR_SECONDS, job: ENSURE_PARTITIONS },
  { name: 'prune', everySeconds: HOUR_SECONDS, offsetSeconds: PRUNE_OFFSET_SECONDS, job: PRUNE },
];
