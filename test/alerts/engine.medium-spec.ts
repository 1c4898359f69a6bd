import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { errorsAt, requestAt } from './alert-builders.js';

let database: TestDatabase;
let bench: AlertBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource);
});
afterEach(() => bench.clear());
afterAll(() => database.drop());

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): number => NOON + minutes * MINUTE;

async function errors(minutes: number, count: number, service?: string): Promise<void> {
  await bench.rollups.store(errorsAt(at(minutes) - 1_000, count, service));
}

describe('an episode', () => {
  it('opens, is updated, resolves with its last value, and leaves history, timeline, event and notices', async () => {
    const config = await bench.add();
    await errors(0, 11);
    expect(await bench.tick(at(0))).toMatchObject({ rules: 1, reads: 1, transitions: 1, effective: true });
    await errors(1, 9);
    await bench.tick(at(1));
    expect(await bench.history()).toMatchObject([{ status: 'firing', value: 20, peak_value: 20 }]);
    await bench.tick(at(5));
    expect(await bench.history()).toMatchObject([
      {
        status: 'resolved',
        value: 20,
        peak_value: 20,
        resolved_value: 9,
        resolved_by: 'auto',
        resolved_at: new Date(at(5)),
      },
    ]);
    expect(bench.notifier.told).toEqual(['firing', 'resolved']);
    expect(bench.notifier.notices[0]).toMatchObject({ value: 11, unit: 'count', detectedAt: new Date(at(0)) });
    const states = await bench.dataSource.query('SELECT state, value FROM alert_transitions ORDER BY at');
    expect(states).toEqual([
      { state: 'firing', value: 11 },
      { state: 'resolved', value: 9 },
    ]);
    const events = await bench.dataSource.query(
      `SELECT state, severity, config_id, occurred_at FROM analytics_events WHERE event_type = 'alert' ORDER BY occurred_at`,
    );
    expect(events).toEqual([
      { state: 'firing', severity: 'warning', config_id: config.id, occurred_at: new Date(at(0)) },
      { state: 'resolved', severity: 'warning', config_id: config.id, occurred_at: new Date(at(5)) },
    ]);
    const marks = await bench.dataSource.query(
      `SELECT count(*)::int AS n FROM rollup_invalidations WHERE family = 'alerts'`,
    );
    expect(marks).toEqual([{ n: 2 }]);
  });

  it('sees an event that was accepted a moment before the tick, and none from before the window', async () => {
    await bench.add({ windowSeconds: 60, threshold: 0 });
    await bench.rollups.store(errorsAt(at(0) - MINUTE - 1, 1));
    await bench.tick(at(0));
    expect(await bench.history()).toEqual([]);
    await bench.rollups.store(errorsAt(at(0) - 1, 1));
    await bench.tick(at(0) + 1_000);
    expect(await bench.history()).toHaveLength(1);
  });

  it('is one for each value of group_by, and ends with 0 when nothing more is counted of its value', async () => {
    await bench.add({ groupBy: 'service', threshold: 2, windowSeconds: 60 });
    await errors(0, 3, 'shop');
    await errors(0, 5, 'pay');
    await errors(0, 1, 'mail');
    await bench.tick(at(0));
    expect((await bench.history()).map((row) => row.group_value)).toEqual(['pay', 'shop']);
    await errors(1, 1, 'pay');
    await bench.tick(at(1));
    expect(await bench.history()).toMatchObject([
      { group_value: 'pay', resolved_by: 'auto', resolved_value: 1 },
      { group_value: 'shop', resolved_by: 'auto', resolved_value: 0 },
    ]);
  });

  it('names in the warnings of its rule which groups beyond a thousand were not evaluated', async () => {
    const config = await bench.add({ metric: 'api.request_count', groupBy: 'route', threshold: 0, windowSeconds: 60 });
    const routes = Array.from({ length: 1_002 }, (_, index) => `/r/${String(index).padStart(4, '0')}`);
    await bench.rollups.store(routes.map((route) => requestAt(at(0) - 1, { route })));
    await bench.tick(at(0));
    expect(await bench.history()).toHaveLength(1_000);
    const [{ warnings }] = await bench.dataSource.query(
      'SELECT warnings FROM alert_evaluation_notes WHERE config_id = $1',
      [config.id],
    );
    expect(warnings).toEqual(['route has more than 1000 values; not evaluated: /r/1000, /r/1001']);
    await bench.tick(at(24 * 60 + 1));
    expect(await bench.dataSource.query('SELECT * FROM alert_evaluation_notes')).toEqual([]);
  });
});

describe('a tick', () => {
  it('takes effect once, whoever evaluates it, and never after a later one', async () => {
    await bench.add();
    await errors(0, 11);
    const [one, other] = await Promise.all([bench.tick(at(0)), bench.tick(at(0))]);
    expect([one.effective, other.effective].sort()).toEqual([false, true]);
    expect((await bench.evaluate(at(-1))).effective).toBe(false);
    expect(await bench.history()).toHaveLength(1);
    expect(bench.notifier.told).toEqual(['firing']);
  });

  it('reads a metric once for all rules that differ in their filters only', async () => {
    await Promise.all(['shop', 'pay', 'mail'].map((service) => bench.add({ filters: { service }, threshold: 1 })));
    await bench.add({ groupBy: 'service', threshold: 100 });
    await bench.add({ threshold: 5 });
    await errors(0, 2, 'shop');
    await errors(0, 4, 'pay');
    expect(await bench.tick(at(0))).toMatchObject({ rules: 5, reads: 2 });
    expect((await bench.history()).map(({ value }) => value).sort()).toEqual([2, 4, 6]);
  });

  it('holds up no other rule for a metric that fails or does not answer, and says so on its rules', async () => {
    const slow = await bench.add({ metric: 'api.request_count', onError: 'alert', threshold: 1 });
    const failing = await bench.add({ metric: 'ml.job_count', threshold: 1 });
    await bench.add();
    bench.beforeRead = async ({ metrics: [metric] }) => {
      if (metric === 'ml.job_count') throw new Error('No such luck.');
      if (metric === 'api.request_count') await new Promise((resolve) => setTimeout(resolve, 1_500));
    };
    await errors(0, 11);
    expect(await bench.tick(at(0))).toMatchObject({ failures: 2 });
    const open = await bench.dataSource.query('SELECT config_id, value FROM alert_history ORDER BY value NULLS LAST');
    expect(open).toMatchObject([{ value: 11 }, { value: null, config_id: slow.id }]);
    const notes = await bench.dataSource.query('SELECT config_id FROM alert_evaluation_notes ORDER BY 1');
    expect(notes.map((row: { config_id: string }) => row.config_id)).toEqual([slow.id, failing.id].sort());
  });

  it('writes the changes of all other rules when those of one cannot be written', async () => {
    await bench.add({ name: 'broken' });
    await bench.add({ name: 'whole' });
    bench.notifier.failsFor = 'broken';
    await errors(0, 11);
    await bench.tick(at(0));
    expect(await bench.dataSource.query('SELECT config_name FROM alert_history')).toEqual([{ config_name: 'whole' }]);
    bench.notifier.failsFor = undefined;
    await bench.tick(at(1));
    expect(await bench.history()).toHaveLength(2);
  });

  it('changes nothing of a rule that was edited after it was read', async () => {
    const config = await bench.add();
    await errors(0, 11);
    bench.beforeRead = async () => {
      await bench.dataSource.query('UPDATE alert_configs SET version = 2, threshold = 50 WHERE id = $1', [config.id]);
    };
    await bench.tick(at(0));
    bench.beforeRead = async () => {};
    await bench.tick(at(1));
    expect(await bench.history()).toEqual([]);
  });
});

describe('people', () => {
  it('acknowledge an episode, which resolves by itself all the same', async () => {
    await bench.add();
    await errors(0, 11);
    await bench.tick(at(0));
    const id = await bench.onlyAlert();
    const stranger = '00000000-0000-4000-8000-00000000dead';
    expect(await bench.episodes.acknowledge([id, stranger], 'ann', 'on it')).toEqual([
      { id, outcome: 'updated' },
      { id: stranger, outcome: 'skipped', reason: 'not_found' },
    ]);
    expect(await bench.episodes.acknowledge([id], 'bob')).toEqual([{ id, outcome: 'skipped', reason: 'acknowledged' }]);
    expect(await bench.history()).toMatchObject([{ status: 'acknowledged', note: 'on it' }]);
    await bench.tick(at(5));
    expect(await bench.history()).toMatchObject([{ status: 'resolved', resolved_by: 'auto' }]);
    expect(await bench.episodes.acknowledge([id], 'bob')).toEqual([{ id, outcome: 'skipped', reason: 'resolved' }]);
  });

  it('resolve an episode by hand, and get a new one only when the cooldown is over', async () => {
    await bench.add({ windowSeconds: 3_600, cooldownSeconds: 300 });
    await errors(0, 11);
    await bench.tick(at(0));
    const id = await bench.onlyAlert();
    await bench.episodes.resolve([id], 'ann', 'known');
    expect(await bench.history()).toMatchObject([{ status: 'resolved', resolved_by: 'ann', note: 'known' }]);
    await bench.tick(at(4));
    expect(await bench.history()).toHaveLength(1);
    await bench.tick(at(5));
    expect(await bench.history()).toHaveLength(2);
    expect(bench.notifier.told).toEqual(['firing', 'resolved', 'firing']);
  });

  it('end the episodes of a rule that they change, and its instances start over, cooldown excepted', async () => {
    const config = await bench.add({ windowSeconds: 3_600, forSeconds: 60, cooldownSeconds: 600 });
    await errors(0, 11);
    await bench.tick(at(0));
    await bench.tick(at(1));
    await bench.database.transaction((tx) => bench.episodes.closeForConfig(tx, config.id, 'config_changed'));
    expect(await bench.history()).toMatchObject([{ resolved_by: 'config_changed', resolved_value: 11 }]);
    await bench.tick(at(2));
    expect(await bench.history()).toHaveLength(1);
    await bench.tick(at(3));
    await bench.tick(at(11));
    expect(bench.notifier.told).toEqual(['firing', 'resolved', 'firing (cooldown)', 'firing']);
  });

  it('leave nothing of a rule that they delete but its history', async () => {
    const config = await bench.add({ windowSeconds: 3_600 });
    await errors(0, 11);
    await bench.tick(at(0));
    await bench.database.transaction((tx) => bench.episodes.closeForConfig(tx, config.id, 'config_deleted'));
    expect(await bench.history()).toMatchObject([{ resolved_by: 'config_deleted' }]);
    expect(await bench.dataSource.query('SELECT * FROM alert_states')).toEqual([]);
  });

  it('tell nobody of what they end while it is silenced', async () => {
    const config = await bench.add();
    await errors(0, 11);
    await bench.tick(at(0));
    await bench.silence(config.id, { from: at(0), to: at(60) });
    await bench.episodes.resolve([await bench.onlyAlert()], 'ann');
    expect(bench.notifier.told).toEqual(['firing', 'resolved (silenced)']);
  });
});

it('sends a notice that cooldown had muted when the cooldown ends, if it still fires', async () => {
  await bench.add({ windowSeconds: 60, cooldownSeconds: 600 });
  await errors(0, 11);
  await bench.tick(at(0));
  await bench.tick(at(1));
  for (const minute of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
    await errors(minute, 11);
    await bench.tick(at(minute));
  }
  expect(bench.notifier.told).toEqual(['firing', 'resolved', 'firing (cooldown)', 'firing']);
  expect(bench.notifier.notices.at(-1)?.detectedAt).toEqual(new Date(at(10)));
});
