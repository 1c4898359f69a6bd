import type { JobDefinition, TickStamp } from '../job.js';

/**
 * When a job is due: every `everySeconds`, counted from 1970-01-01T00:00:00Z, plus `offsetSeconds`. So every process
 * agrees on the ticks without talking to another, whenever it was started.
 *
 * A tick is a nudge to bring something up to date, not a unit of work: its processor looks at what is due by now. Ticks
 * may be skipped (no worker for a while), and the last one is made up for when a process starts.
 */
export interface Schedule {
  /** kebab-case, unique. Part of the tick's job id. */
  readonly name: string;
  readonly everySeconds: number;
  /** Default 0. E.g. 600 with `everySeconds: 3600`: at ten past every hour. */
  readonly offsetSeconds?: number;
  readonly job: JobDefinition;
}

/** The last tick that is due at `now`. */
export function currentTick(schedule: Schedule, now: Date): Date {
  const everyMs = schedule.everySeconds * 1_000;
  const offsetMs = (schedule.offsetSeconds ?? 0) * 1_000;
  return new Date(Math.floor((now.getTime() - offsetMs) / everyMs) * everyMs + offsetMs);
}

export function nextTick(schedule: Schedule, now: Date): Date {
  return new Date(currentTick(schedule, now).getTime() + schedule.everySeconds * 1_000);
}

/** `evaluate_2026-11-22T10-01-00Z`: BullMQ refuses colons in an id. */
export function tickJobId(schedule: Schedule, tick: Date): string {
  return `${schedule.name}_${tick
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
    .replaceAll(':', '-')}`;
}

const PERIODS_UNTIL_SUPERSEDED = 2;
const SUPERSEDED_NOT_BEFORE_MS = 60_000;

/**
 * Whether a tick has waited so long that a newer one is there or on its way. Running it would only delay that one:
 * after an hour without a worker, a one-second schedule has 3,600 ticks waiting. Not before a minute is over, so that
 * a queue that always lags by a few seconds still gets its ticks done.
 */
export function isSuperseded(tick: TickStamp, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(tick.at);
  return ageMs >= Math.max(PERIODS_UNTIL_SUPERSEDED * tick.everySeconds * 1_000, SUPERSEDED_NOT_BEFORE_MS);
}
