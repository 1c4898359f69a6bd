import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import { Clock } from '../../platform/clock/index.js';
import { moveOut } from '../planner/move-out.js';
import { RetentionPolicy, type HoursKept } from '../planner/retention-policy.js';
import { bucketsOf, chooseStep, type Bucket, type StepName } from './step.js';
import { comparisonRange, parseTimeRange, type Comparison, type RangeRequest, type TimeRange } from './time-range.js';
import { checkZone } from './zone.js';

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
   * The range asked for, its ends moved out to what can still be cut. `hours` says how long those of the metrics are kept.
   * @throws InvalidInputError naming range, from or to
   */
  range(request: RangeRequest, now: Date, hours: HoursKept = 'default'): TimeRange {
    return this.movedOut(parseTimeRange(request, now), now, hours);
  }

  /** The zone asked for, else the store's. @throws InvalidInputError naming time_zone */
  zone(asked: string | undefined, now: Date): string {
    return asked === undefined ? this.config.business.storeTimeZone : checkZone(asked, now);
  }

  /** The range to compare with, moved out like `range`. */
  comparison(
    range: TimeRange,
    asked: Comparison | undefined,
    { now, zone, hours = 'default' }: { now: Date; zone: string; hours?: HoursKept },
  ): TimeRange | undefined {
    return asked && this.movedOut(comparisonRange(range, asked, now, zone), now, hours);
  }

  /** @throws InvalidInputError naming step, and the finest one that the range can have */
  step(asked: string | undefined, range: TimeRange, now: Date, hours: HoursKept = 'default'): StepName {
    const kept = this.retention.promised(hours, now);
    return chooseStep(asked, range, {
      subHourlyFrom: new Date(Math.min(kept.raw, kept.minute)),
      hourlyFrom: new Date(Math.min(kept.raw, kept.hourly)),
    });
  }

  buckets(range: TimeRange, step: StepName, zone: string, now: Date): Bucket[] {
    return bucketsOf(range, step, zone, now);
  }

  private movedOut(range: TimeRange, now: Date, hours: HoursKept): TimeRange {
    const span = { from: range.from.getTime(), to: range.to.getTime() };
    const { from, to } = moveOut(span, this.retention.promised(hours, now));
    return { ...range, from: new Date(from), to: new Date(to) };
  }
}
