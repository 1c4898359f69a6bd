import { Injectable } from '@nestjs/common';
import {
  coarser,
  foldRows,
  LEVELS,
  RetentionPolicy,
  type EventKeys,
  type Family,
  type Level,
  type RollupRow,
} from '../metrics/index.js';
import { Clock } from '../platform/clock/index.js';
import { nextBatch, type Batch } from './domain/batch.js';
import { DimensionValueRepository, type DimensionValue } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { MinuteRetentionRepository } from './store/minute-retention.repository.js';
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
    private readonly minutes: MinuteRetentionRepository,
  ) {}

  /** What has a closed bucket that is marked, finest levels first. */
  async due(tx: Transaction, families: readonly Family[]): Promise<DueLevel[]> {
    const names = families.map(({ name }) => name);
    const due = await this.marks.due(tx, names, this.clock.now());
    return LEVELS.flatMap((level) =>
      families.filter(({ name }) => due.has(`${level} ${name}`)).map((family) => ({ family, level })),
    );
  }

  /** Keeps every other writer of the families' rollups out until the transaction ends. */
  lock(tx: Transaction, families: readonly Family[]): Promise<void> {
    return this.marks.lockFamilies(tx, families);
  }

  /** Locks the family and chooses the buckets. */
  async choose(tx: Transaction, family: Family, level: Level): Promise<Batch | undefined> {
    await this.marks.lockFamilies(tx, [family]);
    // Another process may have begun to keep minutes: it does so under the lock.
    this.retention.keepMinutesSince(await this.minutes.keptSince(tx));
    const pending = await this.marks.closed(tx, family, level, this.clock.now(), MARKS_A_BATCH[level]);
    const batch = nextBatch(level, pending, {
      read: this.retention.keptFrom(family, 'read'),
      written: this.retention.keptFrom(family, 'written'),
      sampled: family.eventType === null,
    });
    return batch && { ...batch, complete: batch.complete && pending.length < MARKS_A_BATCH[level] };
  }

  /** Takes the marks of the buckets, which are to be added up after it. */
  take(tx: Transaction, family: Family, batch: Batch): Promise<void> {
    return this.marks.take(tx, family, batch);
  }

  /** Takes the marks of events that were read together with them. */
  async takeRead(tx: Transaction, { settles }: Batch, markIds: readonly string[]): Promise<void> {
    const days = await this.marks.takeByIds(tx, markIds);
    if (settles.includes('minute')) await this.marks.noteReceipts(tx, days, this.clock.now());
  }

  /** Takes the marks that name their events. @returns the events */
  async takeNamed(tx: Transaction, family: Family, { starts }: Batch): Promise<EventKeys> {
    const events = await this.marks.takeNamed(tx, family, starts);
    const days = starts.map((start) => new Date(start).toISOString().slice(0, 10));
    await this.marks.noteReceipts(tx, [...new Set(days)], this.clock.now());
    return events;
  }

  /** Folds dimension values beyond their cap into `__other__`, day by day. */
  async fold(tx: Transaction, family: Family, rows: readonly RollupRow[]): Promise<FoldedRows> {
    const days = byDay(rows);
    const refused = await this.values.admit(
      tx,
      family,
      [...days].flatMap(([day, ofDay]) => valuesOf(family, day, ofDay)),
    );
    if (refused.length === 0) return { rows, folded: new Map() };
    const folded = new Map<string, number>();
    for (const { dimension } of refused) folded.set(dimension, (folded.get(dimension) ?? 0) + 1);
    const kept = [...days].flatMap(([day, ofDay]) => {
      const ofToday = refused.filter((value) => value.day === day);
      return foldRows(
        ofDay,
        family.dimensions.map(({ name }) => namesOf(ofToday, name)),
      );
    });
    return { rows: kept, folded };
  }

  async markAbove(tx: Transaction, family: Family, { level, starts }: Batch): Promise<void> {
    const above = coarser(level);
    if (above) await this.marks.mark(tx, family, above, starts);
  }
}

function valuesOf(family: Family, day: string, rows: readonly RollupRow[]): DimensionValue[] {
  return family.dimensions.flatMap(({ name }, place) => {
    const values = new Set(rows.map((row) => row.dimensions[place] ?? ''));
    // None is no value, and is always kept.
    values.delete('');
    return [...values].map((value) => ({ dimension: name, day, value }));
  });
}

function namesOf(values: readonly DimensionValue[], dimension: string): Set<string> {
  return new Set(values.filter((value) => value.dimension === dimension).map(({ value }) => value));
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
