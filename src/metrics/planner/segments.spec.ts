import fc from 'fast-check';
import { ceilTo, floorTo, LEVEL_MS, LEVELS, type Level } from './level.js';
import { segmentsOf, type Segment } from './segments.js';

const at = (text: string): number => Date.parse(text);
const EVERYTHING_KEPT = { minute: 0, hourly: 0, daily: 0, weekly: 0 };

function plan(cuts: string[], marks: [Level, string][] = [], keptFrom = EVERYTHING_KEPT): string[] {
  const request = { cuts: cuts.map(at), keptFrom, marks: marks.map(([level, start]) => ({ level, start: at(start) })) };
  return segmentsOf(request).map(
    ({ source, from, to }) =>
      `${source} ${new Date(from).toISOString().slice(5, 19)} ${new Date(to).toISOString().slice(5, 19)}`,
  );
}

describe('segmentsOf', () => {
  it('reads the middle from weeks and the edges from ever finer levels', () => {
    expect(plan(['2026-11-06T22:58:30Z', '2026-11-22T00:00:00Z'])).toEqual([
      'raw 11-06T22:58:30 11-06T22:59:00',
      'minute 11-06T22:59:00 11-06T23:00:00',
      'hourly 11-06T23:00:00 11-07T00:00:00',
      'daily 11-07T00:00:00 11-08T00:00:00',
      'weekly 11-08T00:00:00 11-22T00:00:00',
    ]);
  });

  it('does not read a bucket that holds a mark, and reads around it as coarsely as it can', () => {
    expect(plan(['2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z'], [['minute', '2026-11-20T01:01:00Z']])).toEqual([
      'hourly 11-20T00:00:00 11-20T01:00:00',
      'minute 11-20T01:00:00 11-20T01:01:00',
      'raw 11-20T01:01:00 11-20T01:02:00',
      'minute 11-20T01:02:00 11-20T02:00:00',
      'hourly 11-20T02:00:00 11-21T00:00:00',
      'daily 11-21T00:00:00 11-22T00:00:00',
    ]);
  });

  it('reads the hours of a day whose own row is not written yet', () => {
    expect(plan(['2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'], [['daily', '2026-11-21T00:00:00Z']])).toEqual([
      'hourly 11-21T00:00:00 11-22T00:00:00',
    ]);
  });

  it('goes to raw where the level is not kept that far back', () => {
    const keptFrom = { ...EVERYTHING_KEPT, minute: at('2026-11-20T00:00:00Z') };
    expect(plan(['2026-11-18T00:30:00Z', '2026-11-18T02:00:00Z'], [], keptFrom)).toEqual([
      'raw 11-18T00:30:00 11-18T01:00:00',
      'hourly 11-18T01:00:00 11-18T02:00:00',
    ]);
  });

  it('reads local days of a half-hour zone from hours, and minutes only of the two hours a day that midnight cuts', () => {
    const cuts = Array.from({ length: 31 }, (_, day) => at('2026-10-01T18:30:00Z') + day * LEVEL_MS.daily);
    const segments = segmentsOf({ cuts, keptFrom: EVERYTHING_KEPT, marks: [] });
    const lengthOf = (level: Level): number =>
      segments.filter(({ source }) => source === level).reduce((total, { from, to }) => total + to - from, 0);
    expect(lengthOf('minute')).toBe(30 * 60 * LEVEL_MS.minute);
    expect(lengthOf('hourly')).toBe(30 * 23 * LEVEL_MS.hourly);
  });

  it('covers the range exactly once and keeps every segment on the borders of its level', () => {
    const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-03-01T00:00:00Z') });
    const mark = fc.record({ level: fc.constantFrom(...LEVELS), start: moment });
    const kept = fc.record({ minute: moment, hourly: moment, daily: moment, weekly: moment });
    fc.assert(
      fc.property(
        fc.uniqueArray(moment, { minLength: 2, maxLength: 12 }),
        fc.array(mark, { maxLength: 20 }),
        kept,
        (times, marks, keptFrom) => {
          const cuts = [...times].sort((left, right) => left - right);
          const aligned = marks.map(({ level, start }) => ({ level, start: floorTo(level, start) }));
          const segments = segmentsOf({ cuts, keptFrom, marks: aligned });
          expect(segments.map(({ from }) => from)).toEqual([cuts[0], ...segments.slice(0, -1).map(({ to }) => to)]);
          expect(segments.at(-1)?.to).toBe(cuts.at(-1));
          segments.forEach((segment) => expect(isSound(segment, keptFrom, aligned)).toBe(true));
        },
      ),
    );
  });
});

function isSound(
  segment: Segment,
  keptFrom: Record<Level, number>,
  marks: readonly { level: Level; start: number }[],
): boolean {
  if (segment.source === 'raw') return true;
  const level = segment.source;
  const onBorders = ceilTo(level, segment.from) === segment.from && floorTo(level, segment.to) === segment.to;
  const touched = marks.some(
    (mark) =>
      LEVELS.indexOf(mark.level) <= LEVELS.indexOf(level) &&
      mark.start < segment.to &&
      mark.start + LEVEL_MS[mark.level] > segment.from,
  );
  return onBorders && segment.from >= keptFrom[level] && !touched;
}
