import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { coarser, foldRows, type Family, type Level, type RollupRow } from '../metrics/index.js';
import { Clock } from '../platform/clock/index.js';
import { rawBatch, upperBatch, type Batch } from './domain/batch.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';

/** Marks looked at for one batch of raw minutes, and buckets added up in one transaction above them. */
const BUCKETS_A_BATCH: Record<Level, number> = { minute: 2_000, hourly: 24, daily: 7, weekly: 2 };

/** The bookkeeping around a rewrite: marks, receipts and the caps of dimensions. */
@Injectable()
export class RollUpWrites {
  constructor(
    private readonly clock: Clock,
    private readonly marks: MarkRepository,
    private readonly values: DimensionValueRepository,
  ) {}

  /** The families that have something to do on the level. */
  async due(tx: EntityManager, families: readonly Family[], level: Level): Promise<Family[]> {
    const names = families.map(({ name }) => name);
    const due = await this.marks.due(tx, names, level, this.clock.now());
    return families.filter(({ name }) => due.includes(name));
  }

  /** Locks the family, chooses the buckets and takes their marks. */
  async take(
    tx: EntityManager,
    family: Family,
    level: Level,
    keptFrom: Record<Level, number>,
  ): Promise<Batch | undefined> {
    await this.marks.lockFamily(tx, family);
    const pending = await this.marks.closed(tx, family, level, this.clock.now(), BUCKETS_A_BATCH[level]);
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
