import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import type { Family } from '../catalogue/family.js';
import { ceilTo, floorTo, LEVEL_MS, LEVELS, type Level } from './level.js';

/** Earliest bucket start, in epoch milliseconds, that a level still has in full. */
export type KeptFrom = Readonly<Record<Level, number>>;

/**
 * Which borders hold: hours of business families are kept as long as days, so that local days can be cut from them, and so
 * are their minutes where the zone of the shop needs them.
 */
export type HoursKept = 'default' | 'business';

const DAY_MS = LEVEL_MS.daily;
const MINUTE_MS = LEVEL_MS.minute;
const HOUR_MS = LEVEL_MS.hourly;
/** How many days a level is kept. Three years hold last year's comparison of a 400-day range. */
const KEPT_DAYS: Record<Level, number> = { minute: 2, hourly: 90, daily: 1_096, weekly: 1_096 };
const BUSINESS_EVENT_TYPES = ['order', 'storefront', 'inventory'];
/**
 * What is promised to a request is read a little longer, written longer than it is read, and deleted last: a request
 * that passed the border a moment ago still finds everything, and clocks of processes may differ.
 */
const GRACE_MS = { promised: 0, read: 10 * MINUTE_MS, written: HOUR_MS, deleted: 2 * HOUR_MS } as const;

/** How long what is kept, for those who ask, read, write and delete: their borders have to agree. */
@Injectable()
export class RetentionPolicy {
  private readonly rawRetentionMs: number;
  private minutesSince: number | undefined;

  constructor(
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.rawRetentionMs = config.ingest.rawRetentionDays * DAY_MS;
  }

  /**
   * Minutes of business families from `since` on are kept as long as days. The row in the database decides, so that every
   * process has the same borders: see MinuteRetention. Absent: they are kept two days.
   */
  keepMinutesSince(since: Date | undefined): void {
    this.minutesSince = since?.getTime();
  }

  keptFrom(family: Family, use: 'read' | 'written' | 'deleted'): KeptFrom {
    return this.bordersAt(this.clock.now().getTime() - GRACE_MS[use], isBusiness(family) ? 'business' : 'default');
  }

  /** What a request may count on, `raw` being the first instant of which every event is still there. */
  promised(hours: HoursKept, now: Date): KeptFrom & { readonly raw: number } {
    const raw = floorTo('daily', now.getTime() - this.rawRetentionMs);
    return { raw, ...this.bordersAt(now.getTime() - GRACE_MS.promised, hours) };
  }

  /** Raw days that ended by this are old enough to be dropped. */
  rawDroppedBefore(): number {
    return floorTo('daily', this.clock.now().getTime() - this.rawRetentionMs - GRACE_MS.deleted);
  }

  /** A raw day is dropped only if nothing was received for it since then. */
  quietSince(): number {
    return this.clock.now().getTime() - this.rawRetentionMs;
  }

  /** No day from here on can have been sealed, whatever the retention was once: the shortest there is, is a day. */
  sealedBefore(): number {
    return floorTo('daily', this.clock.now().getTime() - DAY_MS);
  }

  private bordersAt(ms: number, hours: HoursKept): KeptFrom {
    const borders = bordersAt(ms, hours);
    if (hours === 'default' || this.minutesSince === undefined) return borders;
    // Before `since` minutes were written and deleted as others are: where those are still kept, these are too.
    const minute = Math.max(borders.hourly, ceilTo('hourly', this.minutesSince));
    return { ...borders, minute: Math.min(borders.minute, minute) };
  }
}

/** Whether it is a family of the shop, whose figures are cut at local days. */
export function isBusiness(family: Family): boolean {
  return BUSINESS_EVENT_TYPES.includes(family.eventType ?? '');
}

function bordersAt(ms: number, hours: HoursKept): KeptFrom {
  const starts = LEVELS.map((level) => {
    // A whole hour (day, week) of the finer level is kept or none of it, so that edges never fall between two levels.
    const border = level === 'minute' ? 'hourly' : level === 'hourly' ? 'daily' : 'weekly';
    const days = level === 'hourly' && hours === 'business' ? KEPT_DAYS.daily : KEPT_DAYS[level];
    return [level, ceilTo(border, ms - days * DAY_MS)];
  });
  return Object.fromEntries(starts) as KeptFrom;
}
