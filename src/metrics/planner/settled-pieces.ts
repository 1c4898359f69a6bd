import { ceilTo, floorTo, LEVEL_MS, type Level } from './level.js';
import { spansWithout, type Mark, type Segment, type Span } from './segments.js';

/** A part of a read whose states stay what they are until the buckets of `provedBy` are written again. */
export interface SettledPiece extends Span {
  readonly source: Level;
  /** The level whose rows of the piece tell whether something was written since. */
  readonly provedBy: Level;
}

export interface SettledSplit {
  readonly settled: readonly SettledPiece[];
  /** What is read each time. */
  readonly rest: readonly Segment[];
}

/**
 * Tells closed buckets from the edges of a read. Hours, days and weeks are their own proof. There are too many minutes
 * for that, but whoever writes a minute marks its hour in the same transaction, and the mark stays until the hour is
 * written: while an hour has no mark, an hour that is the same has the same minutes.
 */
export function splitSettled(segments: readonly Segment[], marks: readonly Mark[]): SettledSplit {
  const hours = marks.filter(({ level }) => level === 'hourly').map(({ start }) => start);
  const unproved = [...new Set(hours)]
    .sort((left, right) => left - right)
    .map((from) => ({ from, to: from + LEVEL_MS.hourly }));
  const settled: SettledPiece[] = [];
  const rest: Segment[] = [];
  for (const segment of segments) {
    const { source } = segment;
    if (source === 'raw') rest.push(segment);
    else if (source === 'minute') {
      const pieces = spansWithout(wholeHours(segment), unproved);
      settled.push(...pieces.map((piece) => ({ ...piece, source, provedBy: 'hourly' as const })));
      rest.push(...spansWithout([segment], pieces).map((span) => ({ ...span, source })));
    } else settled.push({ ...segment, source, provedBy: source });
  }
  return { settled, rest };
}

function wholeHours({ from, to }: Span): Span[] {
  const hours = { from: ceilTo('hourly', from), to: floorTo('hourly', to) };
  return hours.from < hours.to ? [hours] : [];
}
