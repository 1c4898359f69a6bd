import type { EventBatch } from './event-batch.js';
import { keysOfLateEvents } from './late-events.js';

const NOW = new Date('2026-11-22T12:00:30Z');
const MINUTE_MS = 60_000;
const minuteOf = (minutesAgo: number): number => Math.floor(NOW.getTime() / MINUTE_MS) - minutesAgo;

/** So many events of a minute. */
function batchOf(...minutes: [minutesAgo: number, count: number][]): EventBatch {
  const events = minutes.flatMap(([ago, count]) =>
    Array.from({ length: count }, (_, index) => ({
      type: 'order',
      occurredAtMicros: minuteOf(ago) * 60_000_000 + index,
      fields: { event_id: `${ago}-${index}` },
    })),
  );
  const totals = minutes.map(([ago, count]) => ({ type: 'order', minute: minuteOf(ago), events: count }));
  return { events, minutes: totals } as unknown as EventBatch;
}

function named(...minutes: [minutesAgo: number, count: number][]): number[] {
  const keys = keysOfLateEvents([batchOf(...minutes)], NOW);
  return minutes.map(([ago]) => keys.get(`order ${minuteOf(ago)}`)?.ids.length ?? 0);
}

describe('late events', () => {
  it('are named when their minute is over', () => {
    expect(named([0, 3], [1, 3], [59, 1_000])).toEqual([0, 3, 1_000]);
  });

  it('are not named where so many come for one minute that reading it again is cheaper', () => {
    expect(named([59, 1_001])).toEqual([0]);
  });

  it('are named however old they are, unless they come as a backfill does: many for a minute', () => {
    expect(named([61, 5], [30 * 1_440, 1], [400 * 1_440, 5])).toEqual([5, 1, 5]);
    expect(named([61, 6], [30 * 1_440, 500])).toEqual([0, 0]);
  });
});
