import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/index.js';
import {
  Catalogue,
  coarser,
  foldRows,
  LEVELS,
  RetentionPolicy,
  RollupStateRepository,
  type Family,
  type Level,
  type RollupRow,
} from '../metrics/index.js';
import { rawBatch, upperBatch, type Batch } from './domain/batch.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';

/** What a run did. */
export interface RollUpOutcome {
  readonly buckets: number;
  readonly rows: number;
}

/** Marks looked at for one batch of raw minutes, and buckets added up in one transaction above them. */
const MARKS_A_BATCH = 2_000;
const UPPER_BUCKETS_A_BATCH: Record<Level, number> = { minute: MARKS_A_BATCH, hourly: 24, daily: 7, weekly: 2 };

/**
 * Rewrites every marked bucket that is closed, level by level. Running it twice, late, or on two workers gives the same
 * rows: a bucket is always rewritten whole, under the family's lock, from everything committed when the lock was had.
 */
@Injectable()
export class RollUpService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
    private readonly retention: RetentionPolicy,
    private readonly states: RollupStateRepository,
    private readonly writes: RollUpWrites,
  ) {}

  /** Works until nothing that is closed is marked any more, or `signal` says stop. */
  async rollUp(signal?: AbortSignal): Promise<RollUpOutcome> {
    const total = { buckets: 0, rows: 0 };
    for (const level of LEVELS) {
      for (const family of this.catalogue.families) {
        for (let done = await this.step(family, level); done; done = await this.step(family, level)) {
          total.buckets += done.buckets;
          total.rows += done.rows;
          if (signal?.aborted) return total;
        }
      }
    }
    return total;
  }

  /** One transaction; undefined when there was nothing to do. */
  step(family: Family, level: Level): Promise<RollUpOutcome | undefined> {
    return this.dataSource.transaction('READ COMMITTED', async (tx) => {
      const batch = await this.writes.take(tx, family, level, this.retention.keptFrom(family));
      if (!batch) return undefined;
      const buckets = { family, ...batch };
      const rows = level === 'minute' ? await this.states.fromRaw(tx, buckets) : await this.states.fromBelow(tx, buckets);
      const kept = level === 'minute' ? await this.writes.fold(tx, family, rows) : rows;
      await this.states.replace(tx, buckets, kept);
      await this.writes.markAbove(tx, family, batch);
      return { buckets: batch.starts.length, rows: kept.length };
    });
  }
}

/** The bookkeeping around a rewrite: marks, receipts and the caps of dimensions. */
@Injectable()
export class RollUpWrites {
  constructor(
    private readonly clock: Clock,
    private readonly marks: MarkRepository,
    private readonly values: DimensionValueRepository,
  ) {}

  /** Locks the family, chooses the buckets and takes their marks. */
  async take(tx: EntityManager, family: Family, level: Level, keptFrom: Record<Level, number>): Promise<Batch | undefined> {
    await this.marks.lockFamily(tx, family);
    const pending = await this.marks.closed(tx, family, level, this.clock.now(), UPPER_BUCKETS_A_BATCH[level]);
    const batch = level === 'minute' ? rawBatch(pending, keptFrom) : upperBatch(level, pending);
    if (!batch) return undefined;
    const receipts = await this.marks.take(tx, family, level, batch.level, batch.starts);
    if (level === 'minute') await this.marks.noteReceipts(tx, receipts);
    return batch;
  }

  /** Folds dimension values beyond their cap into `__other__`, day by day. */
  async fold(tx: EntityManager, family: Family, rows: readonly RollupRow[]): Promise<RollupRow[]> {
    const folded: RollupRow[] = [];
    for (const [day, ofDay] of byDay(rows)) {
      const kept: Set<string>[] = [];
      for (const [place, dimension] of family.dimensions.entries()) {
        const values = new Set(ofDay.map((row) => row.dimensions[place] ?? ''));
        values.delete('');
        kept.push(await this.values.admit(tx, family, dimension, day, [...values].sort()));
      }
      folded.push(...foldRows(ofDay, kept));
    }
    return folded;
  }

  async markAbove(tx: EntityManager, family: Family, { level, starts }: Batch): Promise<void> {
    const above = coarser(level);
    if (above) await this.marks.mark(tx, family, above, starts);
  }
}

function byDay(rows: readonly RollupRow[]): Map<string, RollupRow[]> {
  const days = new Map<string, RollupRow[]>();
  for (const row of rows) {
    const day = row.bucketStart.toISOString().slice(0, 10);
    const ofDay = days.get(day);
    if (ofDay) ofDay.push(row);
    else days.set(day, [row]);
  }
  return days;
}
