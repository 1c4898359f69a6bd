import { Injectable } from '@nestjs/common';
import {
  RangeQueryDto,
  RetentionPolicy,
  TimeFrame,
  type Bucket,
  type MetricRow,
  type TimeRange,
} from '../metrics/index.js';
import type { ObservedStretch } from './domain/availability.js';

/** A range that was asked for, and how much of it has passed. */
export interface HealthRange {
  readonly now: Date;
  readonly range: TimeRange;
  readonly elapsedSeconds: number;
}

export const LIVE_WINDOW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** Up to here a range is looked at in minutes; beyond it, that would mean to read as many rows as there are events. */
const FINE_RANGE_MS = 6 * HOUR_MS;
const MOST_HOURS = 2_000;

@Injectable()
export class HealthFrame {
  constructor(
    private readonly time: TimeFrame,
    private readonly retention: RetentionPolicy,
  ) {}

  now(): Date {
    return this.time.now();
  }

  /** The range asked for; undefined when none is: then it is the live window. @throws InvalidInputError */
  range(query: RangeQueryDto, now: Date): HealthRange | undefined {
    const asked = [query.range, query.from, query.to].some((value) => value !== undefined);
    if (!asked) return undefined;
    const range = this.time.range(query, now);
    const elapsedMs = Math.min(range.to.getTime(), now.getTime()) - range.from.getTime();
    return { now, range, elapsedSeconds: Math.max(0, elapsedMs) / 1_000 };
  }

  /** The live window: the last five minutes. */
  live(now: Date): HealthRange {
    const range = { from: new Date(now.getTime() - LIVE_WINDOW_MS), to: now, name: null };
    return { now, range, elapsedSeconds: LIVE_WINDOW_MS / 1_000 };
  }

  /** Stretches in which a range is either observed or not: as fine as costs little. */
  stretches({ range, now }: HealthRange): Bucket[] {
    return this.time.buckets(range, this.stretchStep(range, now), 'UTC', now);
  }

  /** What was observed in each stretch, by how much of it lies within the range and has passed. */
  observed({ range, now }: HealthRange, stretches: readonly Bucket[], rows: readonly MetricRow[]): ObservedStretch[] {
    return rows.map(({ bucket, values }) => {
      const { start, end } = stretches[bucket] ?? { start: now, end: now };
      const from = Math.max(start.getTime(), range.from.getTime());
      const to = Math.min(end.getTime(), range.to.getTime(), now.getTime());
      return {
        seconds: Math.max(0, to - from) / 1_000,
        requests: values['api.request_count']?.toNumber() ?? 0,
        errorRate: values['api.error_rate']?.toNumber() ?? null,
      };
    });
  }

  private stretchStep(range: TimeRange, now: Date): ReturnType<TimeFrame['step']> {
    const length = range.to.getTime() - range.from.getTime();
    const hoursKept = range.from.getTime() >= this.retention.promised('default', now).hourly;
    if (length > FINE_RANGE_MS && length <= MOST_HOURS * HOUR_MS && hoursKept) return '1h';
    return this.time.step(undefined, range, now);
  }
}
