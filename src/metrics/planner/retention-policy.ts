import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import type { Family } from '../catalogue/family.js';
import { ceilTo, LEVEL_MS, LEVELS, type Level } from './level.js';

const DAY_MS = LEVEL_MS.daily;
/** How many days a level is kept. Three years hold last year's comparison of a 400-day range. */
const KEPT_DAYS: Record<Level, number> = { minute: 2, hourly: 90, daily: 1_096, weekly: 1_096 };
/** Local days, and last year's, are cut from hours. */
const BUSINESS_HOURLY_DAYS = KEPT_DAYS.daily;
const BUSINESS_EVENT_TYPES = ['order', 'storefront', 'inventory'];

/** How long what is kept, for those who read and for those who delete: both have to agree. */
@Injectable()
export class RetentionPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Earliest bucket start, in epoch milliseconds, that each level of the family still has in full. */
  keptFrom(family: Family): Record<Level, number> {
    const now = this.clock.now().getTime();
    const starts = LEVELS.map((level) => {
      // A whole hour (day, week) of the finer level is kept or none of it, so that edges never fall between two levels.
      const border = level === 'minute' ? 'hourly' : level === 'hourly' ? 'daily' : 'weekly';
      return [level, ceilTo(border, now - this.keptDays(family, level) * DAY_MS)];
    });
    return Object.fromEntries(starts) as Record<Level, number>;
  }

  /** Raw events that occurred before this may be gone. */
  rawKeptFrom(): number {
    return this.clock.now().getTime() - this.config.ingest.rawRetentionDays * DAY_MS;
  }

  private keptDays(family: Family, level: Level): number {
    if (level === 'hourly' && BUSINESS_EVENT_TYPES.includes(family.eventType)) return BUSINESS_HOURLY_DAYS;
    return KEPT_DAYS[level];
  }
}
