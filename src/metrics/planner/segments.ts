import { ceilTo, finer, floorTo, LEVEL_MS, LEVELS, type Level } from './level.js';

/** Half-open, in epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A span and where it is read from. */
export interface Segment extends Span {
  readonly source: Level | 'raw';
}

/** A bucket whose rollup does not hold everything yet. */
export interface Mark {
  readonly level: Level;
  readonly start: number;
}

export interface SegmentRequest {
  /** Ends of the range and every bucket border in it, ascending: no rollup bucket may straddle one. */
  readonly cuts: readonly number[];
  /** Earliest bucket start that a level still has. */
  readonly keptFrom: Readonly<Record<Level, number>>;
  readonly marks: readonly Mark[];
}

/**
 * Covers the range with the coarsest rollups that fit between the cuts; what they cannot cover — edges, buckets that are
 * marked, levels that are not kept — falls to the next finer level and at last to raw events. Neighbours of one source
 * are one segment.
 */
export function segmentsOf(request: SegmentRequest): Segment[] {
  const marked = markedBuckets(request.marks);
  const pieces: Segment[] = [];
  const fill = (span: Span, level: Level | undefined): void => {
    if (span.from >= span.to) return;
    if (!level) {
      pieces.push({ ...span, source: 'raw' });
      return;
    }
    const from = ceilTo(level, Math.max(span.from, request.keptFrom[level]));
    const to = floorTo(level, span.to);
    if (from >= to) return fill(span, finer(level));
    fill({ from: span.from, to: from }, finer(level));
    for (const part of splitByMarks({ from, to }, level, marked[level])) {
      if (part.marked) fill(part, finer(level));
      else pieces.push({ from: part.from, to: part.to, source: level });
    }
    fill({ from: to, to: span.to }, finer(level));
  };
  request.cuts.slice(1).forEach((to, index) => fill({ from: request.cuts[index] ?? to, to }, LEVELS.at(-1)));
  return joinNeighbours(pieces);
}

/**
 * Where the sealed rows of spans stand that are read from raw: of a day that was sealed, raw events hold only what came
 * afterwards. Sealed rows are never marked, and weeks have none.
 */
export function sealedSegments(
  raw: readonly Span[],
  { cuts, keptFrom, sealedBefore }: Omit<SegmentRequest, 'marks'> & { readonly sealedBefore: number },
): Segment[] {
  const kept = { ...keptFrom, weekly: Infinity };
  return raw
    .filter(({ from }) => from < sealedBefore)
    .flatMap(({ from, to: end }) => {
      const to = Math.min(end, sealedBefore);
      const inside = cuts.filter((cut) => cut > from && cut < to);
      return segmentsOf({ cuts: [from, ...inside, to], keptFrom: kept, marks: [] });
    })
    .filter(({ source }) => source !== 'raw');
}

/** What `spans` cover and `others` do not. Both are disjoint and ascending. */
export function spansWithout(spans: readonly Span[], others: readonly Span[]): Span[] {
  const rest: Span[] = [];
  for (const span of spans) {
    let from = span.from;
    for (const other of others) {
      if (other.to <= from || other.from >= span.to) continue;
      if (other.from > from) rest.push({ from, to: other.from });
      from = other.to;
    }
    if (from < span.to) rest.push({ from, to: span.to });
  }
  return rest;
}

/** For every level the buckets that hold a mark of it or of a finer level. */
function markedBuckets(marks: readonly Mark[]): Record<Level, Set<number>> {
  const buckets = Object.fromEntries(LEVELS.map((level) => [level, new Set<number>()])) as Record<Level, Set<number>>;
  for (const mark of marks) {
    for (const level of LEVELS.slice(LEVELS.indexOf(mark.level))) buckets[level].add(floorTo(level, mark.start));
  }
  return buckets;
}

function splitByMarks(span: Span, level: Level, marked: ReadonlySet<number>): (Span & { marked: boolean })[] {
  const inside = [...marked]
    .filter((start) => start >= span.from && start < span.to)
    .sort((left, right) => left - right);
  const parts: (Span & { marked: boolean })[] = [];
  let from = span.from;
  for (const start of inside) {
    if (start > from) parts.push({ from, to: start, marked: false });
    from = start + LEVEL_MS[level];
    parts.push({ from: start, to: from, marked: true });
  }
  if (from < span.to) parts.push({ from, to: span.to, marked: false });
  return parts;
}

function joinNeighbours(pieces: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const piece of [...pieces].sort((left, right) => left.from - right.from)) {
    const before = joined.at(-1);
    if (before && before.source === piece.source && before.to === piece.from) {
      joined[joined.length - 1] = { ...before, to: piece.to };
    } else joined.push(piece);
  }
  return joined;
}
