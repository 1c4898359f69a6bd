import { InvalidInputError } from '../../platform/errors/index.js';
import { ORIGIN_MS } from '../planner/level.js';
import { addDays, startOfDay, startOfWeek } from './local-day.js';
import type { TimeRange } from './time-range.js';

export const STEP_NAMES = ['1m', '5m', '15m', '1h', '1d', '1w'] as const;
export type StepName = (typeof STEP_NAMES)[number];

export const STEP_SECONDS: Record<StepName, number> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '1d': 86_400,
  '1w': 604_800,
};

const DEFAULT_MAX_POINTS = 200;
export const MAX_POINTS = 2_000;

/** One point of a series: `[start, end)`; `partial` when the range cuts it or it is still open. */
export interface Bucket {
  readonly start: Date;
  readonly end: Date;
  readonly partial: boolean;
}

/** What decides which steps a range can have. */
export interface StepLimits {
  /** Steps below an hour reach back to here: raw events are kept no longer. */
  readonly subHourlyFrom: Date;
  /** Hours reach back to here. */
  readonly hourlyFrom: Date;
}

/**
 * The step of a series: the one asked for, else the finest that gives at most 200 points and is kept for `range` and what
 * it is compared with. @throws InvalidInputError
 */
export function chooseStep(
  asked: string | undefined,
  range: TimeRange,
  limits: StepLimits,
  oldest = range.from,
): StepName {
  const kept = STEP_NAMES.filter((step) => isKept(step, oldest, limits));
  if (asked === undefined) return kept.find((step) => pointCount(step, range) <= DEFAULT_MAX_POINTS) ?? '1w';
  if (!isStep(asked)) return refuse(`must be one of ${STEP_NAMES.join(', ')}`);
  const finest = kept.find((step) => pointCount(step, range) <= MAX_POINTS) ?? '1w';
  if (!kept.includes(asked))
    return refuse(`${asked} is not kept that far back; the finest for this range is ${finest}`);
  if (pointCount(asked, range) > MAX_POINTS) {
    return refuse(`${asked} gives more than ${MAX_POINTS} points; the finest for this range is ${finest}`);
  }
  return asked;
}

/** Every bucket that the range touches, oldest first. Days and weeks (from Sunday) are cut in `zone`. */
export function bucketsOf(range: TimeRange, step: StepName, zone: string, now: Date): Bucket[] {
  const buckets: Bucket[] = [];
  for (let start = firstStart(range.from, step, zone); start < range.to;) {
    const end = nextStart(start, step, zone);
    buckets.push({ start, end, partial: start < range.from || end > range.to || end > now });
    start = end;
  }
  return buckets;
}

function isStep(name: string): name is StepName {
  return (STEP_NAMES as readonly string[]).includes(name);
}

function isKept(step: StepName, oldest: Date, limits: StepLimits): boolean {
  if (STEP_SECONDS[step] < STEP_SECONDS['1h']) return oldest >= limits.subHourlyFrom;
  return step !== '1h' || oldest >= limits.hourlyFrom;
}

/** Buckets that the range touches, those that it cuts included; days and weeks as they are in UTC. */
function pointCount(step: StepName, range: TimeRange): number {
  const stepMs = STEP_SECONDS[step] * 1_000;
  const place = (at: Date): number => (at.getTime() - ORIGIN_MS) / stepMs;
  return Math.ceil(place(range.to)) - Math.floor(place(range.from));
}

function firstStart(from: Date, step: StepName, zone: string): Date {
  if (step !== '1d' && step !== '1w') {
    const stepMs = STEP_SECONDS[step] * 1_000;
    return new Date(Math.floor(from.getTime() / stepMs) * stepMs);
  }
  return step === '1w' ? startOfWeek(from, zone) : startOfDay(from, zone);
}

function nextStart(start: Date, step: StepName, zone: string): Date {
  if (step !== '1d' && step !== '1w') return new Date(start.getTime() + STEP_SECONDS[step] * 1_000);
  return addDays(start, step === '1w' ? 7 : 1, zone);
}

function refuse(message: string): never {
  throw new InvalidInputError([{ path: 'step', message }]);
}
