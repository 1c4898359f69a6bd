import { Injectable } from '@nestjs/common';
import { Catalogue } from '../metrics/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { RollUpService } from './roll-up.service.js';
import { RebuildRepository, type Period } from './store/rebuild.repository.js';
import { RollupDatabase } from './store/rollup-database.js';

const DAY_MS = 86_400_000;

/** What rebuilding a part of a UTC day did. */
export interface RebuiltDay {
  readonly marks: number;
  readonly buckets: number;
}

/** Writes rollups again that were written before. Workers may run meanwhile, and what is left marked they finish. */
@Injectable()
export class RebuildService {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly partitions: PartitionKeeper,
    private readonly rollUps: RollUpService,
    private readonly rebuilds: RebuildRepository,
  ) {}

  /** The period by UTC days, oldest first, without those that hold neither events nor live rows. */
  async daysOf(period: Period): Promise<Period[]> {
    // A day that is left half dropped would look as if it had no events.
    await this.partitions.finishDrops();
    const days: Period[] = [];
    for (const day of splitByDay(period)) if (await this.rebuilds.hasAny(this.database.single, day)) days.push(day);
    return days;
  }

  /** Marks every bucket of the day that has events or live rows, and rolls up whatever is marked and closed. */
  async rebuild(day: Period, signal?: AbortSignal): Promise<RebuiltDay> {
    const marks = await this.database.transaction(async (tx) => {
      const { families } = this.catalogue;
      return (await this.rebuilds.markEvents(tx, families, day)) + (await this.rebuilds.markRows(tx, families, day));
    });
    const { buckets } = await this.rollUps.rollUp({ signal });
    return { marks, buckets };
  }
}

function splitByDay({ from, to }: Period): Period[] {
  const days: Period[] = [];
  for (let start = from.getTime(); start < to.getTime();) {
    const end = Math.min(to.getTime(), (Math.floor(start / DAY_MS) + 1) * DAY_MS);
    days.push({ from: new Date(start), to: new Date(end) });
    start = end;
  }
  return days;
}
