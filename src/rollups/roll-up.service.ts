import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { JOBS_DATA_SOURCE } from '../platform/database/index.js';
import { DataSource } from 'typeorm';
import {
  Catalogue,
  LEVELS,
  RetentionPolicy,
  RollupStateRepository,
  type Family,
  type Level,
} from '../metrics/index.js';
import { RollUpWrites } from './roll-up-writes.js';

/** What a run did. */
export interface RollUpOutcome {
  readonly buckets: number;
  readonly rows: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Rewrites every marked bucket that is closed, level by level. Running it twice, late, or on two workers gives the same
 * rows: a bucket is always rewritten whole, under the family's lock, from everything committed when the lock was had.
 */
@Injectable()
export class RollUpService {
  constructor(
    @InjectDataSource(JOBS_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
    private readonly retention: RetentionPolicy,
    private readonly states: RollupStateRepository,
    private readonly writes: RollUpWrites,
  ) {}

  /** Works until nothing that is closed is marked any more, or `signal` says stop. */
  async rollUp(signal?: AbortSignal): Promise<RollUpOutcome> {
    const total = { buckets: 0, rows: 0 };
    for (const level of LEVELS) {
      for (const family of await this.writes.due(this.dataSource.manager, this.catalogue.families, level)) {
        await this.drain(family, level, total, signal);
      }
    }
    return total;
  }

  private async drain(
    family: Family,
    level: Level,
    total: Mutable<RollUpOutcome>,
    signal?: AbortSignal,
  ): Promise<void> {
    for (;;) {
      if (signal?.aborted) return;
      const done = await this.step(family, level);
      if (!done) return;
      total.buckets += done.buckets;
      total.rows += done.rows;
    }
  }

  /** One transaction; undefined when there was nothing to do. */
  step(family: Family, level: Level): Promise<RollUpOutcome | undefined> {
    return this.dataSource.transaction('READ COMMITTED', async (tx) => {
      const batch = await this.writes.take(tx, family, level, this.retention.keptFrom(family));
      if (!batch) return undefined;
      const buckets = { family, ...batch };
      const rows =
        level === 'minute' ? await this.states.fromRaw(tx, buckets) : await this.states.fromBelow(tx, buckets);
      const kept = level === 'minute' ? await this.writes.fold(tx, family, rows) : rows;
      await this.states.replace(tx, buckets, kept);
      await this.writes.markAbove(tx, family, batch);
      return { buckets: batch.starts.length, rows: kept.length };
    });
  }
}
