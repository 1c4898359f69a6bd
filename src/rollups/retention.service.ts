import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Catalogue, LEVELS, RetentionPolicy, RollupStateRepository, type Family } from '../metrics/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { RawDayRepository } from './store/raw-day.repository.js';

export interface RetentionOutcome {
  /** Raw days whose events were sealed into rollups and are gone. */
  readonly daysDropped: string[];
  /** Old days that still wait: something was received lately, or is not rolled up. */
  readonly daysWaiting: number;
  readonly rollupRowsDeleted: number;
}

/** Weeks have no sealed rows: they are added up from all of their days. */
const SEALED_LEVELS = LEVELS.filter((level) => level !== 'weekly');
const ROWS_A_DELETE = 10_000;

/** Ends what is no longer kept: raw days once they are old, quiet and rolled up; rollups by the age of their level. */
@Injectable()
export class RetentionService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
    private readonly policy: RetentionPolicy,
    private readonly sealing: RawDaySealing,
    private readonly days: RawDayRepository,
  ) {}

  async apply(): Promise<RetentionOutcome> {
    const quietSince = new Date(this.policy.rawKeptFrom());
    const oldDays = await this.days.daysBefore(this.dataSource.manager, quietSince.toISOString().slice(0, 10));
    const daysDropped: string[] = [];
    for (const day of oldDays) if (await this.sealing.drop(day, quietSince)) daysDropped.push(day);
    return {
      daysDropped,
      daysWaiting: oldDays.length - daysDropped.length,
      rollupRowsDeleted: await this.deleteOldRollups(),
    };
  }

  private async deleteOldRollups(): Promise<number> {
    let deleted = 0;
    for (const family of this.catalogue.families) {
      const keptFrom = this.policy.keptFrom(family);
      for (const level of LEVELS) {
        for (let count = ROWS_A_DELETE; count === ROWS_A_DELETE; deleted += count) {
          count = await this.days.deleteRollups(this.dataSource.manager, family, level, keptFrom[level], ROWS_A_DELETE);
        }
      }
    }
    return deleted;
  }
}

/** The end of one raw day: in one transaction its live rollups are added into sealed ones and its events go. */
@Injectable()
export class RawDaySealing {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
    private readonly states: RollupStateRepository,
    private readonly stores: SealingStores,
    private readonly partitions: PartitionKeeper,
  ) {}

  /** @returns false when the day has to wait: something of it was received since `quietSince`, or is not rolled up */
  async drop(day: string, quietSince: Date): Promise<boolean> {
    const sealed = await this.dataSource.transaction('READ COMMITTED', async (tx) => {
      const { marks, days, values } = this.stores;
      for (const family of this.catalogue.families) await marks.lockFamily(tx, family);
      await days.lock(tx, day);
      if (!(await days.isQuiet(tx, day, quietSince))) return false;
      for (const family of this.catalogue.families) await this.seal(tx, family, day);
      await values.forget(tx, day);
      await days.empty(tx, day);
      return true;
    });
    // The empty partition goes by itself later if this fails: nothing reads from it any more.
    if (sealed) await this.partitions.dropEmptyDay(day);
    return sealed;
  }

  private async seal(tx: EntityManager, family: Family, day: string): Promise<void> {
    for (const level of SEALED_LEVELS) {
      const starts = await this.stores.days.liveBuckets(tx, family, level, day);
      if (starts.length > 0) await this.states.seal(tx, { family, level, starts });
    }
  }
}

@Injectable()
export class SealingStores {
  constructor(
    readonly marks: MarkRepository,
    readonly days: RawDayRepository,
    readonly values: DimensionValueRepository,
  ) {}
}
