import type { EntityManager } from 'typeorm';
import { FAMILIES } from '../catalogue/families.js';
import { LateEventReads } from './late-event-reads.js';
import type { PendingMark } from './pending-mark-reads.js';
import type { StateRead } from './state-read.js';

const MINUTE = 60_000;
const RANGE = { from: 0, to: 10 * MINUTE };
const family = FAMILIES.find(({ name }) => name === 'errors')!;
const needs = { sums: [], value: false, sketch: false, distinct: false, last: false };
const read = (filters: StateRead['filters'] = {}): StateRead => ({
  family,
  dimensions: [],
  filters,
  needs,
  range: RANGE,
  keptFrom: { minute: 0, hourly: 0, daily: 0, weekly: 0 },
  sealedBefore: 0,
});
const mark = (start: number): PendingMark => ({
  level: 'minute',
  start,
  events: 1,
  widthMs: MINUTE,
  named: true,
  fingerprint: `${start}`,
});
const segments = [{ ...RANGE, source: 'minute' as const }];

/** Answers for the marked minutes that are asked for, when `gate` lets it. */
function transaction(gate: Promise<void> = Promise.resolve()): EntityManager {
  const query = async (sql: string, parameters: unknown[]): Promise<unknown[]> => {
    await gate;
    if (sql.includes('rollup_invalidations')) {
      const starts = parameters[1] as Date[];
      return [{ ids: starts.map(String), instants: starts.map((start) => start.toISOString()) }];
    }
    const instants = parameters.find((value) => Array.isArray(value) && /Z$/.test(String(value[0]))) as string[];
    return instants.map((instant) => ({ bucket: new Date(instant), count: '1' }));
  };
  return { query } as unknown as EntityManager;
}

it('gives a snapshot its late events although a later one settles them meanwhile', async () => {
  const late = new LateEventReads();
  const settled = mark(MINUTE);
  await late.read(transaction(), { read: read(), segments, marks: [settled] });
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const earlier = late.read(transaction(gate), { read: read(), segments, marks: [settled, mark(3 * MINUTE)] });
  await Promise.resolve();
  const later = late.read(transaction(), { read: read(), segments, marks: [mark(3 * MINUTE)] });
  open();
  expect(await earlier).toHaveLength(2);
  expect(await later).toHaveLength(1);
});

it('remembers a bounded number of reads, also of those without a late event', async () => {
  const late = new LateEventReads();
  const marks = Array.from({ length: 10 }, (_, index) => mark(index * MINUTE));
  const nothing = { query: () => Promise.resolve([]) } as unknown as EntityManager;
  const long = 'x'.repeat(100_000);
  for (let index = 0; index < 300; index++) {
    await late.read(nothing, { read: read({ name: [`${index}${long}`] }), segments, marks });
  }
  expect((late as unknown as { tracks: Map<string, unknown> }).tracks.size).toBeLessThan(100);
});
