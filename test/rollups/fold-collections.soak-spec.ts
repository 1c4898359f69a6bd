import { randomUUID } from 'node:crypto';
import { FoldCollectionsAgain1796120600000 } from '../../migrations/1796120600000-fold-collections-again.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { StreamEvent } from './reference.js';
import { RollupBench } from './rollup-bench.js';

jest.setTimeout(120_000);

const NOW = Date.parse('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
/** As the version before folded the names of one collection, typed on a phone and at a desk. */
const PHONE = 'love-\uFE0F-hurts';
const DESK = 'love-hurts';

let before: TestDatabase;
let reference: TestDatabase;

beforeEach(async () => {
  [before, reference] = [await createTestDatabase(), await createTestDatabase()];
});
afterEach(async () => {
  await before.drop();
  await reference.drop();
});

/** Slugs of every kind that the version before kept and this one folds further, and what they fold to. */
const FOLDED: Record<string, string | undefined> = {
  [PHONE]: DESK,
  [DESK]: DESK,
  'signature-\uFE0F': 'signature',
  '1\uFE0F\u20E3': '1',
  ﬁne: 'fine',
  '\uFE0F': undefined,
  黒い: '黒い',
};

function events(): StreamEvent[] {
  const slugs = Object.keys(FOLDED);
  const drawn: StreamEvent[] = [];
  for (let hour = 0; hour < 20 * 24; hour += 7) {
    const occurredAt = new Date(NOW - hour * 3_600_000 - 90_000).toISOString();
    const event = (type: StreamEvent['event_type'], fields: object): StreamEvent => ({
      event_id: randomUUID(),
      correlation_id: 'test',
      event_type: type,
      occurred_at: occurredAt,
      ...fields,
    });
    const slug = slugs[hour % slugs.length]!;
    const line = (collection: string, productId: string, quantity: number) => ({
      product_id: productId,
      collection,
      quantity,
      unit_price: 10,
    });
    const items = [line(slug, 'p1', 1), line(PHONE, 'p2', 2), line(DESK, 'p2', 3)];
    const order = {
      status: 'placed',
      currency: 'USD',
      order_id: `o${hour}`,
      total: 60,
      discount: 6,
      session_id: `s${hour % 5}`,
    };
    drawn.push(
      event('order', { ...order, items }),
      event('storefront', { name: 'product_view', session_id: `s${hour % 9}`, product_id: 'p1', collection: slug }),
      event('inventory', { product_id: `p${hour % 3}`, quantity: hour, collection: slug }),
    );
  }
  return drawn;
}

function folded(event: StreamEvent): StreamEvent {
  const fold = <T extends { collection?: string }>(object: T): T => {
    const { collection, ...others } = object;
    const slug = collection === undefined ? undefined : FOLDED[collection];
    return { ...others, ...(slug !== undefined && { collection: slug }) } as T;
  };
  const items = (event as { items?: { collection?: string }[] }).items;
  return { ...fold(event as StreamEvent & { collection?: string }), ...(items && { items: items.map(fold) }) };
}

async function migrate(database: TestDatabase): Promise<void> {
  const runner = database.dataSource.createQueryRunner();
  await runner.startTransaction();
  await new FoldCollectionsAgain1796120600000().up(runner);
  await runner.commitTransaction();
  await runner.release();
}

async function rows(database: TestDatabase, table: 'rollups' | 'events' | 'labels' | 'values'): Promise<unknown[]> {
  const sql = {
    rollups: `SELECT family, granularity, bucket_start, dimensions, count, sums, last_value, last_at
                FROM analytics_rollups ORDER BY 1, 2, 3, 4`,
    events: `SELECT event_type, occurred_at, collection, items FROM analytics_events ORDER BY 1, 2, 3`,
    labels: `SELECT * FROM product_labels ORDER BY 1`,
    values: `SELECT * FROM rollup_dimension_values ORDER BY 1, 2, 3, 4`,
  };
  return database.dataSource.query<unknown[]>(sql[table]);
}

async function benchOf(database: TestDatabase, stored: readonly StreamEvent[]): Promise<RollupBench> {
  const bench = new RollupBench(database.dataSource);
  bench.clock.at = NOW;
  await bench.store(stored);
  await bench.service.rollUp();
  return bench;
}

it('leaves a database as if every name had been folded so from the first', async () => {
  const sent = events();
  const bench = await benchOf(before, sent);
  await benchOf(reference, sent.map(folded));
  await migrate(before);
  await bench.service.rollUp();
  for (const table of ['events', 'labels', 'values', 'rollups'] as const) {
    expect(await rows(before, table)).toEqual(await rows(reference, table));
  }
  expect(JSON.stringify(await rows(before, 'rollups'))).not.toContain('\uFE0F');
});

it('adds up the rows of days whose raw events are gone, sketches of sessions included', async () => {
  const sent = events();
  const read = async (bench: RollupBench): Promise<Record<string, unknown>> => {
    const range = { from: new Date(NOW - 21 * DAY_MS), to: new Date(NOW), name: null };
    const metrics = [
      'business.gross_sales',
      'business.discounts',
      'business.units',
      'business.sessions',
      'business.views',
    ];
    const { rows: found } = await bench.reader.read({ metrics, range, groupBy: ['collection'] });
    return Object.fromEntries(found.map(({ group, values }) => [group['collection'] ?? '(none)', values]));
  };
  const figures: Record<string, unknown>[] = [];
  for (const database of [before, reference]) {
    const bench = await benchOf(database, database === before ? sent : sent.map(folded));
    bench.clock.at += 30 * DAY_MS;
    expect((await bench.retention.apply()).daysDropped.length).toBeGreaterThan(10);
    if (database === before) await migrate(database);
    bench.clock.at = NOW;
    figures.push(await read(bench));
  }
  expect(figures[0]).toEqual(figures[1]);
  expect(Object.keys(figures[1]!)).toContain(DESK);
});

it('folds the filters of alert configs, and changes nothing where all is folded', async () => {
  const config = (name: string, collection: string) =>
    before.dataSource.query(
      `INSERT INTO alert_configs (id, name, metric, condition, threshold, severity, filters, created_by)
       VALUES (gen_random_uuid(), $1, 'business.orders', 'threshold_above', 1, 'info', $2, 'test')`,
      [name, { collection, status: 'placed' }],
    );
  await config('phone', PHONE);
  await config('emoji', '\uFE0F');
  await config('ascii', 'black-rose');
  await migrate(before);
  const kept: { name: string; filters: unknown }[] = await before.dataSource.query(
    'SELECT name, filters FROM alert_configs ORDER BY name',
  );
  expect(kept).toEqual([
    { name: 'ascii', filters: { collection: 'black-rose', status: 'placed' } },
    { name: 'emoji', filters: { collection: '\uFE0F', status: 'placed' } },
    { name: 'phone', filters: { collection: DESK, status: 'placed' } },
  ]);
  await migrate(before);
});
