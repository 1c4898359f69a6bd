import { Injectable } from '@nestjs/common';
import { Catalogue, forgetFirstSeen, LEVELS, RetentionPolicy } from '../metrics/index.js';
import { RawDaySealing } from './raw-day-sealing.js';
import { MinuteRetentionRepository } from './store/minute-retention.repository.js';
import { RawDayRepository, type RollupBorder } from './store/raw-day.repository.js';
import { RollupDatabase } from './store/rollup-database.js';

export interface RetentionOutcome {
  /** Raw days whose events were sealed into rollups and are gone. */
  readonly daysDropped: string[];
  /** Old days that still wait: something was received lately, or is not rolled up. */
  readonly daysWaiting: number;
  readonly rollupRowsDeleted: number;
}

/** Of each family and level at once: short locks, and no statement that runs for minutes. */
const ROWS_A_DELETE = 2_000;

/** Ends what is no longer kept: raw days once they are old, quiet and rolled up; rollups by the age of their level. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly policy: RetentionPolicy,
    private readonly sealing: RawDaySealing,
    private readonly days: RawDayRepository,
    private readonly minutes: MinuteRetentionRepository,
  ) {}

  /** @throws AggregateError of what went wrong with single days, when everything else is done */
  async apply(): Promise<RetentionOutcome> {
    const failures: unknown[] = [];
    const oldDays = await this.sealing.daysBefore(new Date(this.policy.rawDroppedBefore()));
    const daysDropped: string[] = [];
    for (const day of oldDays) {
      const drop = this.sealing.drop(day, new Date(this.policy.quietSince()));
      const dropped = await drop.catch((error: unknown) => void failures.push(error));
      if (dropped) daysDropped.push(day);
    }
    const rollupRowsDeleted = await this.deleteOldRollups();
    await this.forgetOldFirstTimes();
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} raw days could not be dropped.`);
    return { daysDropped, daysWaiting: oldDays.length - daysDropped.length, rollupRowsDeleted };
  }

  /** What was last seen before the days that are kept counts as new again. */
  private async forgetOldFirstTimes(): Promise<void> {
    for (const family of this.catalogue.families.filter(({ firstSeen }) => firstSeen)) {
      const before = new Date(this.policy.keptFrom(family, 'deleted').daily);
      while ((await forgetFirstSeen(this.database.single, family, before, ROWS_A_DELETE)) > 0);
    }
  }

  private async deleteOldRollups(): Promise<number> {
    let total = 0;
    for (;;) {
      const deleted = await this.days.deleteRollups(this.database.single, await this.borders(), ROWS_A_DELETE);
      if (deleted === 0) return total;
      total += deleted;
    }
  }

  /** Asked for each delete: another process may have begun to keep minutes. */
  private async borders(): Promise<RollupBorder[]> {
    this.policy.keepMinutesSince(await this.minutes.keptSince(this.database.single));
    return this.catalogue.families.flatMap((family) => {
      const keptFrom = this.policy.keptFrom(family, 'deleted');
      return LEVELS.map((level) => ({ family: family.name, level, keptFrom: keptFrom[level] }));
    });
  }
}
