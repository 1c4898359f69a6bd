import { randomUUID } from 'node:crypto';
import { until } from '../support/app-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';

const HOUR = Date.parse('2026-11-22T10:00:00Z');
const MINUTE_MS = 60_000;
const DEADLINE_MS = 20_000;

let database: TestDatabase;
let bench: RollupBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new RollupBench(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await bench.clear();
  bench.clock.at = HOUR + 90 * MINUTE_MS;
  bench.states.beforeWriting = async () => {};
});

/** The bench names a late event in its mark if its id says so. */
const named = (): string => randomUUID().replace(/^./, '0');
const unnamed = (): string => randomUUID().replace(/^./, 'f');

function errorAt(minute: number, event_id = randomUUID() as string): StreamEvent {
  const occurred_at = new Date(HOUR + minute * MINUTE_MS).toISOString();
  return {
    event_id,
    correlation_id: 'test',
    event_type: 'error',
    occurred_at,
    name: 'boom',
    message: 'm',
  };
}

async function hourCount(): Promise<number> {
  const rows: { count: string }[] = await database.dataSource.query(
    `SELECT count FROM analytics_rollups WHERE family = 'errors' AND granularity = 'hourly' AND bucket_start = $1 AND dimensions = '{}'`,
    [new Date(HOUR)],
  );
  return Number(rows[0]?.count ?? 0);
}

async function someoneIsBlocked(): Promise<boolean> {
  const [row]: { blocked: boolean }[] = await database.dataSource.query(
    `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock') AS blocked`,
  );
  return row?.blocked === true;
}

describe('two workers at once', () => {
  it('lose nothing when the slower one computed its hour before the faster one wrote it', async () => {
    await bench.store([errorAt(1)]);
    let other: Promise<unknown> | undefined;
    let otherRuns = false;
    bench.states.beforeWriting = async ({ level }) => {
      if (level !== 'hourly' || other) return;
      // This one has read its minutes. Now an event comes late, and another worker rolls it up.
      await bench.store([errorAt(2)]);
      otherRuns = true;
      other = bench.service.rollUp().finally(() => (otherRuns = false));
      // Until the other one is through, or cannot get any further because of this one.
      await until(async () => !otherRuns || (await someoneIsBlocked()), DEADLINE_MS);
    };

    await bench.service.rollUp();
    await other;
    expect(await hourCount()).toBe(2);
  });

  it.each([
    ['named', named],
    ['not named', unnamed],
  ])('lose nothing that is committed while a minute is read, %s by its mark', async (_, id) => {
    await bench.store([errorAt(1)]);
    bench.states.beforeWriting = async ({ level }) => {
      if (level === 'minute') bench.states.beforeWriting = async () => {};
      await bench.store([errorAt(1, id())]);
    };
    await bench.service.rollUp();
    await bench.service.rollUp();
    expect(await hourCount()).toBe(2);
  });
});

describe('a late event', () => {
  it('is counted once, whether the minute is read whole or it is added to what is there', async () => {
    await bench.store([errorAt(1, unnamed())]);
    await bench.store([errorAt(1, named())]);
    await bench.service.rollUp();
    expect(await hourCount()).toBe(2);
    await bench.store([errorAt(1, named())]);
    await bench.service.rollUp();
    expect(await hourCount()).toBe(3);
    await bench.store([errorAt(1, unnamed())]);
    await bench.service.rollUp();
    expect(await hourCount()).toBe(4);
  });

  it('is added without the minute being read again', async () => {
    const [first, late] = [errorAt(1, unnamed()), errorAt(1, named())];
    await bench.store([first]);
    await bench.service.rollUp();
    await database.dataSource.query('DELETE FROM analytics_events WHERE event_id = $1', [first.event_id]);
    await bench.store([late]);
    await bench.service.rollUp();
    expect(await hourCount()).toBe(2);
  });
});
