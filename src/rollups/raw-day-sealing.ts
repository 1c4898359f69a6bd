import { Injectable } from '@nestjs/common';
import { Catalogue, RollupStateRepository, type Level } from '../metrics/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { RawDayRepository } from './store/raw-day.repository.js';
import { RollupDatabase, type Transaction } from './store/rollup-database.js';

const LOCK_NOT_AVAILABLE = '55P03';

@Injectable()
export class SealingStores {
  constructor(
    readonly marks: MarkRepository,
    readonly days: RawDayRepository,
    readonly values: DimensionValueRepository,
  ) {}
}

/** How many buckets of a level are sealed at once: as many rows are held in memory. */
const BUCKETS_AT_ONCE: Record<Level, number> = { minute: 60, hourly: 1, daily: 1, weekly: 1 };

/** The end of one raw day: in one transaction its live rollups are added into sealed ones and its events go. */
@Injectable()
export class RawDaySealing {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly states: RollupStateRepository,
    private readonly stores: SealingStores,
    private readonly partitions: PartitionKeeper,
  ) {}

  /** UTC days of raw events that ended by `end`, oldest first; after finishing what a killed process left half dropped. */
  async daysBefore(end: Date): Promise<string[]> {
    await this.partitions.finishDrops();
    return (await this.partitions.list()).filter((day) => Date.parse(day) < end.getTime());
  }

  /** @returns false when the day has to wait: something of it was received since `quietSince`, or is not rolled up */
  async drop(day: string, quietSince: Date): Promise<boolean> {
    const families = this.catalogue.eventFamilies;
    // Most old days of a backfill wait for a week: they are told from the others without any lock.
    if (!(await this.stores.days.isQuiet(this.database.single, { day, quietSince, families }))) return false;
    const sealed = await this.database.transaction((tx) => this.sealAndEmpty(tx, day, quietSince)).catch(waitIfLocked);
    // The empty partition goes by itself later if this fails: nothing reads from it any more.
    if (sealed) await this.partitions.dropEmptyDay(day);
    return sealed;
  }

  private async sealAndEmpty(tx: Transaction, day: string, quietSince: Date): Promise<boolean> {
    const { marks, days, values } = this.stores;
    const families = this.catalogue.eventFamilies;
    await days.waitForLocksBriefly(tx);
    await marks.lockFamilies(tx, families);
    await days.lock(tx, day);
    // Asked again: whoever wrote to the day before it was locked has left a mark.
    if (!(await days.isQuiet(tx, { day, quietSince, families }))) return false;
    await this.seal(tx, day);
    await values.forget(tx, day);
    await days.empty(tx, day);
    return true;
  }

  private async seal(tx: Transaction, day: string): Promise<void> {
    for (const { family: name, level, starts } of await this.stores.days.liveBuckets(
      tx,
      this.catalogue.eventFamilies,
      day,
    )) {
      const family = this.catalogue.family(name);
      for (let at = 0; at < starts.length; at += BUCKETS_AT_ONCE[level]) {
        await this.states.seal(tx, { family, level, starts: starts.slice(at, at + BUCKETS_AT_ONCE[level]) });
      }
    }
  }
}

/** Somebody reads or writes the day, or rolls up: there is another hour. */
function waitIfLocked(error: unknown): false {
  if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return false;
  throw error;
}
