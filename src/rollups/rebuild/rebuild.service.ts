import { Catalogue, RollupStateRepository } from '../../metrics/index.js';
import type { RollUpWrites } from '../roll-up-writes.js';
import { RollUpService } from '../roll-up.service.js';
import { RebuildRepository, type Period } from '../store/rebuild.repository.js';
import { RollupDatabase, type Transaction } from '../store/rollup-database.js';

/** What rebuilding a part of a UTC day did, or would do. */
export interface RebuiltDay {
  /** Buckets of any level that were computed again. */
  readonly buckets: number;
  /** Those of them whose rows came out different from what was stored. */
  readonly changed: number;
}

/** Everything happens inside one transaction that somebody else ends. */
class WithinTransaction extends RollupDatabase {
  constructor(private readonly tx: Transaction) {
    super(tx.connection);
  }

  override get single(): Transaction {
    return this.tx;
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return work(this.tx);
  }
}

/** Ends a trial. */
class Undo extends Error {
  constructor(readonly outcome: RebuiltDay) {
    super('The trial is over.');
  }
}

/**
 * Computes rollups again from the raw events that are still there. What was sealed of dropped days stays. Workers may
 * run meanwhile: a family is locked until its day is through.
 */
export class RebuildService {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly states: RollupStateRepository,
    private readonly writes: RollUpWrites,
    private readonly rebuilds: RebuildRepository,
  ) {}

  /** A part of a UTC day, in one transaction: it is rebuilt as a whole or not at all. */
  rebuild(day: Period): Promise<RebuiltDay> {
    return this.database.transaction((tx) => this.within(tx, day));
  }

  /** Does it all, looks what has changed, and takes it back. */
  async tryOut(day: Period): Promise<RebuiltDay> {
    try {
      return await this.database.transaction(async (tx) => {
        throw new Undo(await this.within(tx, day));
      });
    } catch (error) {
      if (error instanceof Undo) return error.outcome;
      throw error;
    }
  }

  private async within(tx: Transaction, day: Period): Promise<RebuiltDay> {
    // Samples have nothing behind them that they could be computed from again.
    const families = this.catalogue.eventFamilies;
    // Before anything is read: what a worker has half done is then seen whole.
    await this.writes.lock(tx, families);
    const before = await this.rebuilds.fingerprints(tx, families, day);
    await this.rebuilds.markEvents(tx, families, day);
    await this.rebuilds.markRows(tx, families, day);
    const rollUps = new RollUpService(new WithinTransaction(tx), new Catalogue(families, []), this.states, this.writes);
    const { buckets } = await rollUps.rollUp();
    return { buckets, changed: differences(before, await this.rebuilds.fingerprints(tx, families, day)) };
  }
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  const buckets = new Set([...before.keys(), ...after.keys()]);
  return [...buckets].filter((bucket) => before.get(bucket) !== after.get(bucket)).length;
}
