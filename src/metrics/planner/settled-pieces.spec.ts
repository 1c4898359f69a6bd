import fc from 'fast-check';
import { ceilTo, floorTo, LEVEL_MS, LEVELS, type Level } from './level.js';
import { segmentsOf, type Segment } from './segments.js';
import { splitSettled } from './settled-pieces.js';

const at = (text: string): number => Date.parse(text);

function split(segments: [Segment['source'], string, string][], marks: [Level, string][] = []): string[] {
  const { settled, rest } = splitSettled(
    segments.map(([source, from, to]) => ({ source, from: at(from), to: at(to) })),
    marks.map(([level, start]) => ({ level, start: at(start) })),
  );
  const text = ({ source, from, to }: Segment): string =>
    `${source} ${new Date(from).toISOString().slice(8, 16)} ${new Date(to).toISOString().slice(8, 16)}`;
  return [...settled.map((piece) => `${text(piece)} by ${piece.provedBy}`), ...rest.map((segment) => text(segment))];
}

describe('splitSettled', () => {
  it('remembers hours, days and weeks by themselves, and never raw events', () => {
    const segments: [Segment['source'], string, string][] = [
      ['raw', '2026-11-20T21:59:30Z', '2026-11-20T22:00:00Z'],
      ['hourly', '2026-11-20T22:00:00Z', '2026-11-21T00:00:00Z'],
      ['daily', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
    ];
    expect(split(segments)).toEqual([
      'hourly 20T22:00 21T00:00 by hourly',
      'daily 21T00:00 22T00:00 by daily',
      'raw 20T21:59 20T22:00',
    ]);
  });

  it('remembers minutes by whole hours, but those of an hour that is still to be written', () => {
    const minutes: [Segment['source'], string, string][] = [['minute', '2026-11-20T20:30:00Z', '2026-11-21T01:15:00Z']];
    expect(split(minutes, [['hourly', '2026-11-20T23:00:00Z']])).toEqual([
      'minute 20T21:00 20T23:00 by hourly',
      'minute 21T00:00 21T01:00 by hourly',
      'minute 20T20:30 20T21:00',
      'minute 20T23:00 21T00:00',
      'minute 21T01:00 21T01:15',
    ]);
  });

  it('covers what it is given, and remembers nothing that a mark lies in', () => {
    const moment = fc.integer({ min: at('2026-11-01T00:00:00Z'), max: at('2026-11-22T00:00:00Z') });
    const mark = fc.record({ level: fc.constantFrom(...LEVELS), start: moment });
    fc.assert(
      fc.property(
        fc.uniqueArray(moment, { minLength: 2, maxLength: 2 }),
        fc.array(mark, { maxLength: 12 }),
        (ends, some) => {
          const cuts = [...ends].sort((left, right) => left - right);
          const marks = some.map(({ level, start }) => ({ level, start: floorTo(level, start) }));
          const keptFrom = { minute: at('2026-11-20T00:00:00Z'), hourly: 0, daily: 0, weekly: 0 };
          const { settled, rest } = splitSettled(segmentsOf({ cuts, keptFrom, marks }), marks);
          const parts = [...settled, ...rest].sort((left, right) => left.from - right.from);
          expect(parts.map(({ from }) => from)).toEqual([cuts[0], ...parts.slice(0, -1).map(({ to }) => to)]);
          expect(parts.at(-1)?.to).toBe(cuts.at(-1));
          for (const { from, to, provedBy } of settled) {
            expect([ceilTo(provedBy, from), floorTo(provedBy, to)]).toEqual([from, to]);
            const finerOrSame = LEVELS.slice(0, LEVELS.indexOf(provedBy) + 1);
            const inside = marks.filter(
              ({ level, start }) => finerOrSame.includes(level) && start < to && start + LEVEL_MS[level] > from,
            );
            expect(inside).toEqual([]);
          }
        },
      ),
    );
  });
});
