import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { keepsTotals } from '../catalogue/family.js';
import { LEVELS, type Level } from '../planner/level.js';
import type { Mark, Segment, Span } from '../planner/segments.js';
import { splitSettled, type SettledPiece, type SettledSplit } from '../planner/settled-pieces.js';
import { asksForTotals, rollupStateStatement } from './rollup-query.js';
import { readVersions } from './rollup-versions.js';
import { SettledStates } from './settled-states.js';
import { readParts, type StatePart } from './state-parts.js';
import { bucketingOf, type StateRead } from './state-read.js';
import type { StateRow } from './state-row.js';

/** A read, and where each part of it comes from. */
export interface PlannedRead {
  readonly read: StateRead;
  readonly segments: readonly Segment[];
  /** All there are of the read; absent: not known, and nothing of it is remembered. */
  readonly marks: readonly Mark[] | undefined;
}

/** What is known of a read, and what has to be read each time. */
export interface SettledPart {
  readonly known: readonly StateRow[];
  readonly rest: readonly Segment[];
}

/** Rollups of closed buckets: what was not written since it was read last is remembered, and not read again. */
@Injectable()
export class RollupReads {
  constructor(private readonly settled: SettledStates) {}

  async readSettled(tx: EntityManager, plans: readonly PlannedRead[]): Promise<SettledPart[]> {
    const splits = plans.map((plan) => ({ read: plan.read, ...splitOf(plan) }));
    const versions = await readVersions(
      tx,
      splits.flatMap(({ read: { family }, settled }) => settled.map((piece) => ({ family, piece }))),
    );
    const parts: SettledPart[] = [];
    for (const { read, settled, rest } of splits) {
      const known: (readonly StateRow[])[] = [];
      for (const piece of settled) {
        const version = versions.get(piece);
        if (version !== undefined) known.push(await this.piece(tx, read, { piece, version }));
      }
      // Without totals a piece is empty, or was written by a worker that did not write any.
      const unproved = settled.filter((piece) => !versions.has(piece));
      parts.push({ known: known.flat(), rest: [...rest, ...unproved] });
    }
    return parts;
  }

  private async piece(
    tx: EntityManager,
    read: StateRead,
    { piece, version }: { piece: SettledPiece; version: string },
  ): Promise<readonly StateRow[]> {
    const { bucketStarts, first } = bucketsWithin(read, piece);
    const own = { ...read, bucketStarts };
    const key = keyOf(own, piece);
    let rows = this.settled.get(key, version);
    if (!rows) {
      rows = (await readParts(tx, rollupParts(own, [piece]))).flat();
      this.settled.set(key, version, rows);
    }
    return first === 0 ? rows : rows.map((row) => ({ ...row, bucket: row.bucket + first }));
  }
}

function splitOf({ read, segments, marks }: PlannedRead): SettledSplit {
  return marks && isWorthProving(read) ? splitSettled(segments, marks) : { settled: [], rest: segments };
}

/** What is answered from totals alone reads the very rows that would prove it. Registers of visitors take long to add up. */
function isWorthProving(read: StateRead): boolean {
  return keepsTotals(read.family) && (read.needs.distinct || !asksForTotals(read));
}

/** What reads the rollups of these segments; none for segments of raw events. */
export function rollupParts(
  read: StateRead,
  segments: readonly Segment[],
  rows: 'all' | 'sealed' = 'all',
): StatePart[] {
  const levels = new Map<Level, Span[]>();
  for (const level of LEVELS) {
    const spans = segments.filter(({ source }) => source === level);
    if (spans.length > 0) levels.set(level, spans);
  }
  if (levels.size === 0) return [];
  return [{ read, statement: rollupStateStatement({ ...read, bucketing: bucketingOf(read) }, levels, rows) }];
}

/** The buckets that begin in the piece, counted from the one that it begins in, which is the `first` of the read's. */
function bucketsWithin(
  { bucketStarts }: StateRead,
  { from, to }: Span,
): { bucketStarts: Date[] | undefined; first: number } {
  if (!bucketStarts) return { bucketStarts: undefined, first: 0 };
  const inside = bucketStarts.filter((start) => start.getTime() > from && start.getTime() < to);
  const first = bucketStarts.findLastIndex((start) => start.getTime() <= from);
  return { bucketStarts: [new Date(from), ...inside], first: Math.max(0, first) };
}

/** Filters that let the same values through are the same, whatever order they come in. */
function keyOf({ family, dimensions, filters, needs, bucketStarts }: StateRead, piece: SettledPiece): string {
  const starts = bucketStarts?.map((start) => start.getTime());
  const values = Object.entries(filters).map(([name, some]) => [name, [...some].sort()]);
  return JSON.stringify([family.name, piece.source, piece.from, piece.to, dimensions, values, needs, starts]);
}
