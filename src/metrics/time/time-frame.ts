import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import { Clock } from '../../platform/clock/index.js';
import { grainsOf, moveOut, moveOutTo, type Grains } from '../planner/move-out.js';
import { RetentionPolicy, type HoursKept } from '../planner/retention-policy.js';
import type { Span } from '../planner/segments.js';
import { bucketsOf, chooseStep, type Bucket, type StepName } from './step.js';
import {
  comparisonRange,
  isShiftedByLength,
  parseTimeRange,
  timeBefore,
  type Comparison,
  type RangeRequest,
  type TimeRange,
} from './time-range.js';
import { checkZone, isWholeHours, refuseZone } from './zone.js';

/** Time parameters of a request, made definite against the clock and what is kept. */
@Injectable()
export class TimeFrame {
  constructor(
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly retention: RetentionPolicy,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /**
   * The range asked for, its ends moved out to what can still be cut. `hours` says how long those of the metrics are kept,
   * `zone` where calendar ranges are cut (the store's, unless it is given).
   * @throws InvalidInputError naming range, from or to
   */
  range(
    request: RangeRequest,
    now: Date,
    { hours = 'default', zone = this.zone(undefined) }: { hours?: HoursKept; zone?: string } = {},
  ): TimeRange {
    return this.movedOut(parseTimeRange(request, now, zone), now, hours);
  }

  /** The zone asked for, else the store's. @throws InvalidInputError naming time_zone */
  zone(asked: string | undefined): string {
    return asked === undefined ? this.config.business.storeTimeZone : checkZone(asked);
  }

  /**
   * Days of a zone that is not whole hours from UTC can only be cut where minutes or raw events are kept.
   * @throws InvalidInputError naming time_zone, and from when on its days are exact
   */
  checkDays(zone: string, ranges: readonly (TimeRange | undefined)[], now: Date): void {
    const { raw, minute, daily } = this.retention.promised('business', now);
    const exactFrom = Math.min(raw, minute);
    const isExact = ranges.every((range) => {
      // Before `daily` nothing is kept at all.
      const from = Math.max(range?.from.getTime() ?? exactFrom, daily);
      return from >= exactFrom || isWholeHours(zone, { from, to: Math.min(range?.to.getTime() ?? from, exactFrom) });
    });
    if (isExact) return;
    refuseZone(
      `${zone} is not whole hours from UTC, and minutes are not kept for all of the range and what it is compared with: ` +
        `its days are exact from ${new Date(exactFrom).toISOString()} on. Ask from there on, or in a zone of whole hours`,
    );
  }

  /**
   * The range and the one to compare it with. Where the ends of the latter move out, because it is older, those of the
   * range move out alike: what is compared is equally long. What is compared with the time right before it moves both
   * ends to the same grain, so that it still begins where the other ends.
   */
  compared(
    range: TimeRange,
    asked: Comparison | undefined,
    { now, zone, hours = 'default' }: { now: Date; zone: string; hours?: HoursKept },
  ): { range: TimeRange; comparison?: TimeRange } {
    if (!asked) return { range };
    const older = comparisonRange(range, asked, now, zone);
    const grains = grainsOf(spanOf(older), this.retention.promised(hours, now));
    if (!isShiftedByLength(range, asked, zone))
      return { range: movedTo(range, grains), comparison: movedTo(older, grains) };
    const coarser = grains.from ?? grains.to;
    const alike = { from: coarser, to: coarser };
    const moved = movedTo(range, alike);
    return { range: moved, comparison: movedTo(timeBefore(moved, now), alike) };
  }

  /**
   * `oldest` is the start of what the series is compared with.
   * @throws InvalidInputError naming step, and the finest one that the range can have
   */
  step(
    asked: string | undefined,
    range: TimeRange,
    now: Date,
    { hours = 'default', oldest = range.from }: { hours?: HoursKept; oldest?: Date } = {},
  ): StepName {
    const kept = this.retention.promised(hours, now);
    const limits = {
      subHourlyFrom: new Date(Math.min(kept.raw, kept.minute)),
      hourlyFrom: new Date(Math.min(kept.raw, kept.hourly)),
    };
    return chooseStep(asked, range, limits, oldest < range.from ? oldest : range.from);
  }

  buckets(range: TimeRange, step: StepName, zone: string, now: Date): Bucket[] {
    return bucketsOf(range, step, zone, now);
  }

  private movedOut(range: TimeRange, now: Date, hours: HoursKept): TimeRange {
    return withEnds(range, moveOut(spanOf(range), this.retention.promised(hours, now)));
  }
}

function movedTo(range: TimeRange, grains: Grains): TimeRange {
  return withEnds(range, moveOutTo(spanOf(range), grains));
}

function spanOf({ from, to }: TimeRange): Span {
  return { from: from.getTime(), to: to.getTime() };
}

function withEnds(range: TimeRange, { from, to }: Span): TimeRange {
  return { ...range, from: new Date(from), to: new Date(to) };
}
