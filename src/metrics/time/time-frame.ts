import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import { Clock } from '../../platform/clock/index.js';
import { bucketsOf, chooseStep, type Bucket, type StepName } from './step.js';
import {
  comparisonRange,
  DAY_MS,
  parseTimeRange,
  type Comparison,
  type RangeRequest,
  type TimeRange,
} from './time-range.js';
import { checkZone } from './zone.js';

/** Hours are kept 90 days, those of business families three years, so that local days and last year can be cut. */
const HOURLY_DAYS = { default: 90, business: 3 * 366 } as const;

/** Time parameters of a request, made definite against the clock and what is kept. */
@Injectable()
export class TimeFrame {
  constructor(
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** @throws InvalidInputError naming range, from or to */
  range(request: RangeRequest, now: Date): TimeRange {
    return parseTimeRange(request, now);
  }

  /** The zone asked for, else the store's. @throws InvalidInputError naming time_zone */
  zone(asked: string | undefined, now: Date): string {
    return asked === undefined ? this.config.business.storeTimeZone : checkZone(asked, now);
  }

  comparison(range: TimeRange, asked: Comparison | undefined, now: Date, zone: string): TimeRange | undefined {
    return asked && comparisonRange(range, asked, now, zone);
  }

  /** @throws InvalidInputError naming step, and the finest one that the range can have */
  step(asked: string | undefined, range: TimeRange, now: Date, kept: keyof typeof HOURLY_DAYS = 'default'): StepName {
    return chooseStep(asked, range, {
      subHourlyFrom: new Date(now.getTime() - this.config.ingest.rawRetentionDays * DAY_MS),
      hourlyFrom: new Date(now.getTime() - HOURLY_DAYS[kept] * DAY_MS),
    });
  }

  buckets(range: TimeRange, step: StepName, zone: string, now: Date): Bucket[] {
    return bucketsOf(range, step, zone, now);
  }
}
