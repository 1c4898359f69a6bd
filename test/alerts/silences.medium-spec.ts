import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { errorsAt } from './alert-builders.js';

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
const LATE = ['firing', 'resolved (silenced)', 'resolved'];

async function errors(minutes: number, count = 11): Promise<void> {
  await bench.rollups.store(errorsAt(at(minutes) - 1_000, count));
}

/** Fires at noon, is silenced from minute 1 to 10, and is over at minute 2. */
async function resolveUnderSilence(rule: Parameters<AlertBench['add']>[0] = {}): Promise<string> {
  const config = await bench.add({ windowSeconds: 60, ...rule });
  await errors(0);
  await bench.tick(at(0));
  const silence = await bench.silence(config.id, { from: at(1), to: at(10) });
  await bench.tick(at(2));
  expect(bench.notifier.told).toEqual(['firing', 'resolved (silenced)']);
  return silence;
}

describe('the end of an alert that was told, under a silence', () => {
  it('is told once when the silence expires, with what was true when it ended', async () => {
    await resolveUnderSilence();
    for (const minute of [3, 9, 10, 11, 12]) await bench.tick(at(minute));
    expect(bench.notifier.told).toEqual(LATE);
    const [, suppressed, notice] = bench.notifier.notices;
    expect(notice).toEqual({
      ...suppressed,
      ...{ suppressed: undefined, transitionId: expect.any(String), detectedAt: new Date(at(10)) },
    });
    expect(notice?.transitionId).not.toBe(suppressed?.transitionId);
    expect(notice).toMatchObject({ resolvedAt: new Date(at(2)), triggeredAt: new Date(at(0)), resolvedBy: 'auto' });
    const timeline = await bench.dataSource.query('SELECT at, state FROM alert_transitions ORDER BY at');
    expect(timeline).toEqual([
      { at: new Date(at(0)), state: 'firing' },
      { at: new Date(at(2)), state: 'resolved' },
      { at: new Date(at(10)), state: 'notified' },
    ]);
  });

  it('is told at the next tick after the silence was ended by hand', async () => {
    const silence = await resolveUnderSilence();
    await bench.endSilence(silence, at(4) - 1);
    await bench.tick(at(4));
    await bench.tick(at(5));
    expect(bench.notifier.told).toEqual(LATE);
  });

  it('is told once by several processes that evaluate the same tick', async () => {
    await resolveUnderSilence();
    const other = new AlertBench(database.dataSource);
    await Promise.all([bench, other, bench, other].map((process) => process.tick(at(10))));
    await Promise.all([bench, other].map((process) => process.tick(at(11))));
    expect([...bench.notifier.told, ...other.notifier.told]).toEqual(LATE);
  });

  it('is told by the next tick when the process ended before it was committed', async () => {
    const { name } = await bench.add({ name: 'broken', windowSeconds: 60 });
    await errors(0);
    await bench.tick(at(0));
    const [{ config_id: id }] = await bench.dataSource.query('SELECT config_id FROM alert_history');
    await bench.silence(id, { from: at(1), to: at(10) });
    await bench.tick(at(2));
    bench.notifier.failsFor = name;
    expect(await bench.tick(at(10))).toMatchObject({ effective: true });
    bench.notifier.failsFor = undefined;
    await bench.tick(at(11));
    await bench.tick(at(12));
    expect(bench.notifier.told).toEqual(LATE);
  });

  it('waits for the last of several silences', async () => {
    await resolveUnderSilence();
    const [{ config_id: id }] = await bench.dataSource.query('SELECT config_id FROM alert_history');
    await bench.silence(id, { from: at(9), to: at(20) });
    await bench.tick(at(10));
    expect(bench.notifier.told).toEqual(['firing', 'resolved (silenced)']);
    await bench.tick(at(20));
    expect(bench.notifier.told).toEqual(LATE);
  });

  it('is told as well when people ended it, also by deleting its rule', async () => {
    const config = await bench.add({ windowSeconds: 3_600 });
    await errors(0);
    await bench.tick(at(0));
    await bench.silence(config.id, { from: at(0), to: at(10) });
    await bench.database.transaction((tx) => bench.episodes.closeForConfig(tx, config.id, 'config_deleted'));
    await bench.dataSource.query('DELETE FROM alert_configs WHERE id = $1', [config.id]);
    await bench.tick(at(10));
    expect(bench.notifier.told).toEqual(LATE);
    expect(bench.notifier.notices[2]).toMatchObject({ resolvedBy: 'config_deleted', config: { name: config.name } });
  });

  it('is told to nobody when its firing notice was silenced as well', async () => {
    const config = await bench.add({ windowSeconds: 60 });
    await bench.silence(config.id, { from: at(-1), to: at(10) });
    await errors(0);
    await bench.tick(at(0));
    await bench.tick(at(2));
    await bench.tick(at(10));
    expect(bench.notifier.told).toEqual(['firing (silenced)']);
  });
});

it('tells of what still fires when a silence is ended by hand', async () => {
  const config = await bench.add({ windowSeconds: 3_600 });
  const silence = await bench.silence(config.id, { from: at(-1), to: at(60) });
  await errors(0);
  await bench.tick(at(0));
  await bench.tick(at(1));
  await bench.endSilence(silence, at(2) - 1);
  await bench.tick(at(2));
  await bench.tick(at(3));
  expect(bench.notifier.told).toEqual(['firing (silenced)', 'firing']);
});

it('keeps in the database which severity was told, so that a raised one breaks the cooldown', async () => {
  const config = await bench.add({ windowSeconds: 60, cooldownSeconds: 600 });
  await errors(0);
  await bench.tick(at(0));
  await bench.tick(at(2));
  await bench.dataSource.query(`UPDATE alert_configs SET severity = 'critical', version = 2 WHERE id = $1`, [
    config.id,
  ]);
  await errors(3);
  await bench.tick(at(3));
  await bench.tick(at(5));
  await errors(6);
  await bench.tick(at(6));
  expect(bench.notifier.told).toEqual(['firing', 'resolved', 'firing', 'resolved', 'firing (cooldown)']);
  expect(bench.notifier.notices[2]).toMatchObject({ severity: 'critical' });
});
