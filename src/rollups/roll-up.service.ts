import { Injectable } from '@nestjs/common';
import { Catalogue, RollupStateRepository, type Family, type Level } from '../metrics/index.js';
import type { Batch } from './domain/batch.js';
import { RollUpWrites, type DueLevel, type FoldedRows } from './roll-up-writes.js';
import { RollupDatabase, type Transaction } from './store/rollup-database.js';

/** What a run did. */
export interface RollUpOutcome {
  readonly buckets: number;
  readonly rows: number;
}

/** What one transaction did. */
export interface RollUpStep extends RollUpOutcome {
  readonly family: string;
  readonly level: Level;
  /** Dimension → values that were folded into `__other__`. */
  readonly folded: ReadonlyMap<string, number>;
  /** False when more of the level was pending than one transaction takes. */
  readonly complete: boolean;
}

export interface RollUpRun {
  /** Ends the run between two transactions. */
  readonly signal?: AbortSignal;
  /** Told after every commit. */
  readonly onStep?: (step: RollUpStep) => void;
}

/** A backfill of one family must not keep the others, or the levels above, waiting until it is through. */
const MAX_STEPS_A_TURN = 20;

/**
 * Rewrites every marked bucket that is closed, level by level. Running it twice, late, or on two workers gives the same
 * rows: a bucket is always rewritten whole, under the family's lock, from everything committed when the lock was had.
 */
@Injectable()
export class RollUpService {
  constructor(
    private readonly database: RollupDatabase,
    private readonly catalogue: Catalogue,
    private readonly states: RollupStateRepository,
    private readonly writes: RollUpWrites,
  ) {}

  /** Works until nothing that is closed is marked any more, or it is told to stop. */
  async rollUp({ signal, onStep }: RollUpRun = {}): Promise<RollUpOutcome> {
    const total = { buckets: 0, rows: 0 };
    const done = (step: RollUpStep): void => {
      total.buckets += step.buckets;
      total.rows += step.rows;
      onStep?.(step);
    };
    for (let steps = -1; steps !== 0 && !signal?.aborted;) {
      steps = 0;
      const due = await this.writes.due(this.database.single, this.catalogue.families);
      for (const turn of due) steps += await this.takeTurn(turn, done, signal);
    }
    return total;
  }

  /** @returns how many transactions it took */
  private async takeTurn(
    { family, level }: DueLevel,
    done: (step: RollUpStep) => void,
    signal?: AbortSignal,
  ): Promise<number> {
    for (let steps = 0; steps < MAX_STEPS_A_TURN && !signal?.aborted; steps++) {
      const step = await this.step(family, level);
      if (!step) return steps;
      done(step);
      if (step.complete) return steps + 1;
    }
    return MAX_STEPS_A_TURN;
  }

  /** One transaction; undefined when there was nothing to do. */
  step(family: Family, level: Level): Promise<RollUpStep | undefined> {
    return this.database.transaction(async (tx) => {
      const batch = await this.writes.choose(tx, family, level);
      if (!batch) return undefined;
      const { rows, folded } = await this.settle(tx, family, batch);
      await this.writes.markAbove(tx, family, batch);
      const { level: target, starts, complete } = batch;
      return { family: family.name, level: target, buckets: starts.length, rows: rows.length, folded, complete };
    });
  }

  private settle(tx: Transaction, family: Family, batch: Batch): Promise<FoldedRows> {
    switch (batch.source) {
      case 'raw':
        return this.readAgain(tx, family, batch);
      case 'late':
        return this.addLate(tx, family, batch);
      case 'below':
        return this.addUp(tx, family, batch);
    }
  }

  private async readAgain(tx: Transaction, family: Family, batch: Batch): Promise<FoldedRows> {
    const buckets = { family, ...batch };
    const { rows, markIds } = await this.states.fromRaw(tx, buckets, batch.settles);
    await this.writes.takeRead(tx, batch, markIds);
    await this.states.learn(tx, buckets);
    const within = await this.writes.fold(tx, family, rows);
    await this.states.replace(tx, buckets, within.rows);
    return within;
  }

  private async addLate(tx: Transaction, family: Family, batch: Batch): Promise<FoldedRows> {
    const buckets = { family, ...batch };
    const events = await this.writes.takeNamed(tx, family, batch);
    await this.states.learn(tx, buckets, events);
    const within = await this.writes.fold(tx, family, await this.states.fromEvents(tx, buckets, events));
    await this.states.add(tx, buckets, within.rows);
    return within;
  }

  private async addUp(tx: Transaction, family: Family, batch: Batch): Promise<FoldedRows> {
    const buckets = { family, ...batch };
    await this.writes.take(tx, family, batch);
    const rows = await this.states.fromBelow(tx, buckets);
    await this.states.replace(tx, buckets, rows);
    // What lies below is folded already.
    return { rows, folded: new Map() };
  }
}
