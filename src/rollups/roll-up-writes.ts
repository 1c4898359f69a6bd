import { Injectable } from '@nestjs/common';
import {
  coarser,
  foldRows,
  LEVELS,
  RetentionPolicy,
  type Family,
  type Level,
  type RollupRow,
} from '../metrics/index.js';
import { Clock } from '../platform/clock/index.js';
import { nextBatch, type Batch } from './domain/batch.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import type { Transaction } from './store/rollup-database.js';

/** Marked buckets that are looked at for one batch. */
const MARKS_A_BATCH: Record<Level, number> = { minute: 2_000, hourly: 24, daily: 7, weekly: 2 };

/** A level of a family that has something to do. */
export interface DueLevel {
  readonly family: Family;
  readonly level: Level;
}

/** Rows whose dimension values are within their caps, and how many values of each dimension were not. */
export interface FoldedRows {
  readonly rows: readonly RollupRow[];
  readonly folded: ReadonlyMap<string, number>;
}

/** The bookkeeping around a rewrite: marks, receipts and the caps of dimensions. */
@Injectable()
export class RollUpWrites {
  constructor(
    private readonly clock: Clock,
    private readonly retention: RetentionPolicy,
    private readonly marks: MarkRepository,
    private readonly values: DimensionValueRepository,
  ) {}

  /** What has a closed bucket that is marked, finest levels first. */
  async due(tx: Transaction, families: readonly Family[]): Promise<DueLevel[]> {
    const names = families.map(({ name }) => name);
    const due = await this.marks.due(tx, names, this.clock.now());
    return LEVELS.flatMap((level) =>
      families.filter(({ name }) => due.has(`${level} ${name}`)).map((family) => ({ family, level })),
    );
  }

  /** Locks the family, chooses the buckets and takes their marks. */
  async take(tx: Transaction, family: Family, level: Level): Promise<Batch | undefined> {
    await this.marks.lockFamily(tx, family);
    const now = this.clock.now();
    const pending = await this.marks.closed(tx, family, level, now, MARKS_A_BATCH[level]);
    const batch = nextBatch(level, pending, {
      read: this.retention.keptFrom(family, 'read'),
      written: this.retention.keptFrom(family, 'written'),
    });
    if (!batch) return undefined;
    const days = await this.marks.take(tx, family, batch);
    if (level === 'minute') await this.marks.noteReceipts(tx, days, now);
    return batch;
  }

  /** Folds dimension values beyond their cap into `__other__`, day by day. */
  async fold(tx: Transaction, family: Family, rows: readonly RollupRow[]): Promise<FoldedRows> {
    const folded = new Map<string, number>();
    const kept: RollupRow[] = [];
    for (const [day, ofDay] of byDay(rows)) {
      const keptValues: Set<string>[] = [];
      for (const [place, { name, cap }] of family.dimensions.entries()) {
        const values = new Set(ofDay.map((row) => row.dimensions[place] ?? ''));
        values.delete('');
        const admitted = await this.values.admit(tx, { family: family.name, dimension: name, day, cap }, [...values]);
        if (values.size > admitted.size) folded.set(name, (folded.get(name) ?? 0) + values.size - admitted.size);
        keptValues.push(admitted);
      }
      kept.push(...foldRows(ofDay, keptValues));
    }
    return { rows: kept, folded };
  }

  async markAbove(tx: Transaction, family: Family, { level, starts }: Batch): Promise<void> {
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
