import fc from 'fast-check';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import { isBusiness } from '../../src/metrics/planner/retention-policy.js';
import type { Level } from '../../src/metrics/planner/level.js';
import { PartitionKeeper } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { referenceRows, type StreamEvent } from './reference.js';
import { RememberedReads } from './remembered-reads.js';
import { RollupBench } from './rollup-bench.js';
import { expectSameRows, readStoredRows } from './stored-rows.js';
import { scripts, STREAM_END, STREAM_START, type Action, type Script } from './streams.js';

/** Some three a second; `npm run soak` sets more. */
const RUNS = Number(process.env['ROLLUP_RUNS'] ?? 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Raw events are kept as long, and so long are repeats recognised. */
const RAW_RETENTION_DAYS = 7;

/** Making and dropping tables is most of the cost of a run and has tests of its own: here sealed days stay, empty. */
class StayingPartitions extends PartitionKeeper {
  override async dropEmptyDay(): Promise<void> {}
  override async finishDrops(): Promise<void> {}
}

let database: TestDatabase;
let bench: RollupBench;
/** What it remembers outlives each run, as a process outlives what is written. */
let reads: RememberedReads;

beforeAll(async () => {
  database = await createTestDatabase();
  // Durability is not what is tested here, and thousands of small commits wait for the disk otherwise.
  await database.dataSource.query(`ALTER DATABASE ${database.dataSource.driver.database} SET synchronous_commit = off`);
  await database.dataSource.destroy();
  await database.dataSource.initialize();
  const families = FAMILIES.filter(({ name }) => name !== 'errors' && name !== 'alerts');
  const partitions = new StayingPartitions(database.dataSource);
  bench = new RollupBench(database.dataSource, {
    families,
    metrics: [],
    partitions,
    rawRetentionDays: RAW_RETENTION_DAYS,
  });
  reads = new RememberedReads(bench);
});

afterAll(() => database.drop());

/** What was sent so far, and when it was first received. */
class Sent {
  private readonly events = new Map<string, { event: StreamEvent; receivedAt: number }>();

  get all(): StreamEvent[] {
    return [...this.events.values()].map(({ event }) => event);
  }

  get repeatable(): StreamEvent[] {
    const since = bench.clock.at - RAW_RETENTION_DAYS * DAY_MS;
    return [...this.events.values()].filter(({ receivedAt }) => receivedAt > since).map(({ event }) => event);
  }

  add(events: readonly StreamEvent[]): readonly StreamEvent[] {
    for (const event of events) {
      const key = `${event.event_id} ${event.occurred_at}`;
      if (!this.events.has(key)) this.events.set(key, { event, receivedAt: bench.clock.at });
    }
    return events;
  }
}

async function perform(action: Action, sent: Sent): Promise<unknown> {
  switch (action.kind) {
    case 'store':
      return bench.store(sent.add(action.events));
    case 'repeat':
      return bench.store(sent.repeatable.slice(0, 5));
    case 'advance':
      return (bench.clock.at += action.minutes * 60_000);
    case 'roll-up':
      return bench.service.rollUp();
    case 'read':
      return expectCurrentReads(sent);
    case 'crash':
      await bench.crash(action.rewrites);
      return expectCurrentReads(sent);
    case 'retain':
      return bench.retention.apply();
    case 'together': {
      const events = sent.add(action.events);
      const { service, retention } = bench;
      return Promise.all([service.rollUp(), bench.store(events), service.rollUp(), retention.apply()]);
    }
  }
}

async function expectLevels(levels: readonly Level[], sent: Sent): Promise<void> {
  for (const level of levels) {
    const stored = await readStoredRows(database.dataSource, bench.catalogue, level);
    expectSameRows(stored, referenceRows(sent.all, level));
  }
}

/** Minutes of business figures, which a shop in a zone of half hours keeps: of the others only the two days are there. */
async function expectBusinessMinutes(sent: Sent): Promise<void> {
  const familyOf = (key: string): string => (JSON.parse(key) as string[])[0] ?? '';
  const ofBusiness = <T>(rows: Map<string, T>): Map<string, T> =>
    new Map([...rows].filter(([key]) => isBusiness(bench.catalogue.family(familyOf(key)))));
  const stored = await readStoredRows(database.dataSource, bench.catalogue, 'minute');
  expectSameRows(ofBusiness(stored), ofBusiness(referenceRows(sent.all, 'minute')));
}

/** What was read before must not show, whatever was written since. */
function expectCurrentReads(sent: Sent): Promise<void> {
  const types = new Set<string | null>(sent.all.map(({ event_type }) => event_type));
  const families = bench.catalogue.families.filter(({ eventType }) => types.has(eventType));
  return reads.expectCurrent(families, { from: STREAM_START, to: STREAM_END, minutesKept: minutesAreKept() });
}

function minutesAreKept(): boolean {
  return bench.clock.at < STREAM_START + 2 * DAY_MS;
}

async function run({ actions, late }: Script, storeTimeZone = 'UTC'): Promise<void> {
  await bench.clear();
  await database.dataSource.query('DELETE FROM business_minute_retention');
  await bench.minuteRetention(storeTimeZone).onModuleInit();
  // In the middle of an hour: it is open, and what was rolled up of it waits for its end.
  bench.clock.at = STREAM_END - 5.5 * HOUR_MS;
  const sent = new Sent();
  for (const action of actions) await perform(action, sent);

  bench.clock.at = Math.max(bench.clock.at, STREAM_END + HOUR_MS);
  await Promise.all([bench.service.rollUp(), bench.service.rollUp()]);
  await expectLevels(minutesAreKept() ? ['minute', 'hourly'] : ['hourly'], sent);
  await expectCurrentReads(sent);
  await dropRaw();
  await expectCurrentReads(sent);
  await bench.store(sent.add(late));
  await expectCurrentReads(sent);
  await bench.service.rollUp();
  await expectCurrentReads(sent);
  await expectLevels(['hourly', 'daily', 'weekly'], sent);
  await dropRaw();
  await expectLevels(['hourly', 'daily', 'weekly'], sent);
  if (storeTimeZone !== 'UTC') await expectBusinessMinutes(sent);
}

/** Lets everything become old and quiet, so that from here on rollups alone know what was sent. */
async function dropRaw(): Promise<void> {
  bench.clock.at += (RAW_RETENTION_DAYS + 1) * DAY_MS;
  await bench.service.rollUp();
  await bench.retention.apply();
  const [row]: { count: number }[] = await database.dataSource.query(
    'SELECT count(*)::int AS count FROM analytics_events',
  );
  expect(row?.count).toBe(0);
}

describe('rollups', () => {
  it(
    'equal what the plainest computation over all events gives, and are read as they stand, whatever came late, twice, at once, after raw was dropped or between crashes',
    async () => {
      await fc.assert(
        fc.asyncProperty(scripts, (script) => run(script)),
        { numRuns: RUNS, endOnFailure: process.env['CI'] === 'true' },
      );
      expect(reads.hits).toBeGreaterThan(RUNS);
    },
    60_000 + RUNS * 2_000,
  );

  it(
    'equal it in a shop of half hours too, down to every minute of its business figures',
    async () => {
      const runs = Math.ceil(RUNS / 4);
      const kept = fc.asyncProperty(scripts, (script) => run(script, 'Asia/Kolkata'));
      await fc.assert(kept, { numRuns: runs, endOnFailure: process.env['CI'] === 'true' });
    },
    60_000 + RUNS * 500,
  );
});
