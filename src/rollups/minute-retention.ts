import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Catalogue, isBusiness, isWholeHours, LEVEL_MS, RetentionPolicy } from '../metrics/index.js';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import { MarkRepository } from './store/mark.repository.js';
import { MinuteRetentionRepository } from './store/minute-retention.repository.js';
import { RollupDatabase } from './store/rollup-database.js';

/** Figures are kept three years; the next year says whether a zone is about to change. */
const PAST_DAYS = 1_096;
const AHEAD_DAYS = 366;
/** Minutes that workers of an earlier version may still delete until they are stopped. */
const UNSURE_DAYS = 1;

/**
 * Whether minutes of business families are kept as long as days: the first process whose STORE_TIME_ZONE needs it says so
 * in the database, for all of them. It stays so when the zone changes: minutes that are gone do not come back.
 */
@Injectable()
export class MinuteRetention implements OnModuleInit {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly policy: RetentionPolicy,
    private readonly minutes: MinuteRetentionRepository,
    private readonly marks: MarkRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const known = await this.minutes.keptSince(this.database.single);
    this.policy.keepMinutesSince(known ?? (this.isNeeded() ? await this.begin() : undefined));
  }

  private isNeeded(): boolean {
    const now = this.clock.now().getTime();
    const span = { from: now - PAST_DAYS * LEVEL_MS.daily, to: now + AHEAD_DAYS * LEVEL_MS.daily };
    return !isWholeHours(this.config.business.storeTimeZone, span);
  }

  /** Under the locks of the families: a batch that comes after it knows of it, and none is under way. */
  private begin(): Promise<Date | undefined> {
    const families = this.catalogue.eventFamilies.filter(isBusiness);
    return this.database.transaction(async (tx) => {
      await this.marks.lockFamilies(tx, families);
      const now = this.clock.now();
      await this.minutes.begin(tx, {
        families,
        now,
        sureFrom: new Date(now.getTime() - UNSURE_DAYS * LEVEL_MS.daily),
      });
      return this.minutes.keptSince(tx);
    });
  }
}
