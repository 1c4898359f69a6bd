import { defineJob, type Schedule } from '../../platform/queues/index.js';

/** Rewrites whatever is marked and closed, on all levels. */
export const ROLL_UP = defineJob({ name: 'roll-up', queue: 'rollups' });
/** Drops raw days that may go and rollups past their age. */
export const APPLY_RETENTION = defineJob({ name: 'apply-retention', queue: 'rollups' });

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** 1970-01-04 was a Sunday: three days after the schedule's origin. */
const SUNDAY_OFFSET_SECONDS = 3 * DAY_SECONDS;
/** Events of a minute that closes are usually committed a second later. */
const GRACE_SECONDS = 2;

/**
 * Every tick does all that is due, so a missed one is caught up by the next. The ticks at the hour, at midnight and at
 * Sunday midnight make sure that the bucket that just closed does not wait for the next late event.
 */
export const ROLLUP_SCHEDULES: readonly Schedule[] = [
  { name: 'rollup-minute', everySeconds: 10, offsetSeconds: GRACE_SECONDS, job: ROLL_UP },
  { name: 'rollup-hourly', everySeconds: HOUR_SECONDS, offsetSeconds: GRACE_SECONDS, job: ROLL_UP },
  { name: 'rollup-daily', everySeconds: DAY_SECONDS, offsetSeconds: GRACE_SECONDS, job: ROLL_UP },
  {
    name: 'rollup-weekly',
    everySeconds: 7 * DAY_SECONDS,
    offsetSeconds: SUNDAY_OFFSET_SECONDS + GRACE_SECONDS,
    job: ROLL_UP,
  },
  { name: 'rollup-retention', everySeconds: HOUR_SECONDS, offsetSeconds: 5 * MINUTE_SECONDS, job: APPLY_RETENTION },
];
