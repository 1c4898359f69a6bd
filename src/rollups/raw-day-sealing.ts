import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Catalogue, LEVELS, RollupStateRepository, type Family } from '../metrics/index.js';
import { JOBS_DATA_SOURCE, PartitionKeeper } from '../platform/database/index.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { RawDayRepository } from './store/raw-day.repository.js';

/** Weeks have no sealed rows: they are added up from all of their days. */
const SEALED_LEVELS = LEVELS.filter((level) => level !== 'weekly');

@Injectable()
export class SealingStores {
  constructor(
    readonly marks: MarkRepository,
    readonly days: RawDayRepository,
    readonly values: DimensionValueRepository,
  ) {}
}

/** The end of one raw day: in one transaction its live rollups are added into sealed ones and its events go. */
@Injectable()
export class RawDaySealing {
  constructor(
    @InjectDataSource(JOBS_DATA_SOURCE) private readonly dataSource: DataSource,
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
