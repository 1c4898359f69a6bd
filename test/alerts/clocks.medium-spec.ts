import { randomUUID } from 'node:crypto';
import { countLate, evaluationReport } from '../../src/alerts/domain/evaluation-report.js';
import { FutureDueTimeRepository } from '../../src/notifications/store/future-due-time.repository.js';
import { createTestDatabase, truncate, type TestDatabase } from '../support/database.js';
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
const DAY = 86_400_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): number => NOON + minutes * MINUTE;

const errors = (instant: number): Promise<void> => bench.rollups.store(errorsAt(instant - 1_000, 11));
const status = () => bench.evaluations.status(bench.rollups.clock.now());

describe.each([
  ['300 s', 300_000],
  ['40 days', 40 * DAY],
])('a clock that was %s ahead and is put right', (_what, ahead) => {
  it('keeps no rule from being evaluated, no cooldown longer than it lasts, and says so', async () => {
    const config = await bench.add({ windowSeconds: 60, cooldownSeconds: 600, forSeconds: 0 });
    await errors(at(0) + ahead);
    await bench.tick(at(0) + ahead);
    expect(bench.notifier.told).toEqual(['firing']);

    await bench.job({ now: at(1), scheduled: at(1) });
    expect(await bench.history()).toMatchObject([
      { config_id: config.id, status: 'resolved', triggered_at: new Date(at(1)), resolved_at: new Date(at(1)) },
    ]);
    const report = evaluationReport(await status(), new Date(at(-60)));
    const future = new Date(at(0) + ahead).toISOString().replace('.000Z', 'Z');
    expect(report.status).toBe('degraded');
    expect(report.detail).toContain(`a tick in the future (${future}) was taken back at 2026-11-22T12:01:00Z`);

    await errors(at(2));
    await bench.job({ now: at(2), scheduled: at(2) });
    expect(bench.notifier.told).toEqual(['firing', 'resolved', 'firing (cooldown)']);
    await errors(at(11));
    await bench.job({ now: at(11), scheduled: at(11) });
    expect(bench.notifier.told.at(-1)).toBe('firing');
  });

  it('leaves an open alert with times that have come', async () => {
    await bench.add({ windowSeconds: 60, noData: 'keep', metric: 'api.error_rate', threshold: -1 });
    await bench.add({ windowSeconds: 60, threshold: -1, name: 'open' });
    await bench.tick(at(0) + ahead);
    const open = (await bench.history()).map(({ id }) => id);
    await bench.episodes.acknowledge(open, 'ann');
    await bench.job({ now: at(1), scheduled: at(1) });
    const rows = await bench.dataSource.query(
      `SELECT greatest(s.since, s.triggered_at, s.reminded_at, s.noticed_at, h.triggered_at, h.acknowledged_at,
                       (SELECT max(t.at) FROM alert_transitions t WHERE t.alert_id = h.id)) AS latest
         FROM alert_states s JOIN alert_history h ON h.id = s.alert_id`,
    );
    expect(rows).toEqual([{ latest: new Date(at(1)) }]);
  });

  it('lets a silence that was made or ended meanwhile do what it was made for', async () => {
    const config = await bench.add({ windowSeconds: 60, threshold: -1, cooldownSeconds: 0 });
    await bench.tick(at(0) + ahead);
    const ended = await bench.silence(config.id, { from: at(-10), to: at(10) + ahead });
    await bench.endSilence(ended, at(1) + ahead);
    await bench.job({ now: at(1), scheduled: at(1) });
    const [silence] = await bench.dataSource.query('SELECT ended_at FROM alert_silences');
    expect(silence.ended_at).toEqual(new Date(at(1)));
    await bench.silence(config.id, { from: at(2) + ahead, to: at(30) + ahead });
    await bench.tick(at(3) + ahead);
    await bench.job({ now: at(4), scheduled: at(4) });
    const [made] = await bench.dataSource.query('SELECT starts_at FROM alert_silences WHERE ended_at IS NULL');
    expect(made.starts_at).toEqual(new Date(at(4)));
  });

  it('lets deliveries that wait for it leave at once, and quiet hours end within a day', async () => {
    const now = new Date(at(0));
    const wrong = (minutes: number): Date => new Date(at(minutes) + ahead);
    const plan = async (detected: Date, columns: Record<string, unknown>): Promise<string> => {
      const [notice, id] = [randomUUID(), randomUUID()];
      await bench.dataSource.query(
        `INSERT INTO notification_notices (id, alert_id, transition_id, kind, severity, detected_at, content, correlation_id)
         VALUES ($1, $1, $1, 'firing', 'warning', $2, '{}', 'test')`,
        [notice, detected],
      );
      await bench.dataSource.query(
        `INSERT INTO notification_deliveries (id, notice_id, channel, address, target, recipients, severity, lane, status,
           due_at, held_until, enqueued_at, released_at)
         VALUES ($1, $2, 'email', 'x@shop.example', 'x', '{x}', 'warning', 'routine', $3, $4, $5, $6, $7)`,
        [id, notice, columns.status ?? 'pending', columns.due, columns.held, columns.enqueued, columns.released],
      );
      return id;
    };
    const waiting = await plan(wrong(0), { due: wrong(1), enqueued: wrong(0), released: wrong(0) });
    const held = await plan(wrong(0), { due: wrong(120), held: wrong(120) });
    const sent = await plan(wrong(0), { due: wrong(0), released: wrong(0), status: 'sent' });
    await bench.dataSource.query(
      'UPDATE notification_deliveries SET first_attempt_at = $2, fallback_at = $2 WHERE id = $1',
      [waiting, wrong(6)],
    );
    await bench.database.transaction((tx) => new FutureDueTimeRepository().moveTo(tx, now));
    const [tried] = await bench.dataSource.query(
      'SELECT first_attempt_at, fallback_at FROM notification_deliveries WHERE id = $1',
      [waiting],
    );
    expect(tried).toEqual({ first_attempt_at: now, fallback_at: now });
    const rows: { id: string; due_at: Date; enqueued_at: Date | null; released_at: Date | null }[] =
      await bench.dataSource.query('SELECT id, due_at, enqueued_at, released_at FROM notification_deliveries');
    const of = (id: string) => rows.find((row) => row.id === id);
    expect(of(waiting)).toMatchObject({ due_at: now, enqueued_at: null, released_at: now });
    expect(of(sent)).toMatchObject({ due_at: wrong(0), released_at: now });
    const wait = of(held)!.due_at.getTime() - now.getTime();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(DAY);
    expect(of(held)!.due_at.getTime() % DAY).toBe(wrong(120).getTime() % DAY);
    const detected = await bench.dataSource.query(
      `SELECT n.detected_at FROM notification_notices n JOIN notification_deliveries d ON d.notice_id = n.id
        WHERE d.status = 'pending'`,
    );
    expect(detected).toEqual([{ detected_at: now }, { detected_at: now }]);
    await truncate(bench.dataSource, 'notification_deliveries', 'notification_notices');
  });
});

describe('a tick in the future', () => {
  it('gets no turn, whoever brings it, and is answered by the one that is due', async () => {
    await bench.add({ windowSeconds: 60 });
    bench.rollups.clock.at = at(0);
    expect(await bench.evaluate(at(5))).toMatchObject({ effective: false });
    await errors(at(0));
    expect(await bench.job({ now: at(0), scheduled: at(5) })).toMatchObject({ effective: true, transitions: 1 });
    expect(await bench.history()).toMatchObject([{ triggered_at: new Date(at(0)) }]);
    expect(await bench.job({ now: at(0), scheduled: at(5) })).toBeUndefined();
  });

  it('is honoured within what two clocks may differ', async () => {
    bench.rollups.clock.at = at(0) - 1_500;
    expect(await bench.evaluate(at(0))).toMatchObject({ effective: true });
    expect(await bench.evaluate(at(0) - 1_000)).toMatchObject({ effective: false });
  });
});

describe('late evaluations', () => {
  it('are ticks without an evaluation, rules that failed, and what is missing now', async () => {
    await bench.add({ name: 'broken', metric: 'ml.job_count' });
    await bench.add();
    await bench.tick(at(0));
    expect(countLate(await status())).toBe(0);
    bench.beforeRead = async ({ metrics: [metric] }) => {
      if (metric === 'ml.job_count') throw new Error('No such luck.');
    };
    await bench.tick(at(0) + 4_000);
    expect(countLate(await status())).toBe(4);
    expect(evaluationReport(await status(), new Date(NOON)).detail).toBe(
      'In 10 min: 3 ticks skipped; 1 failed: broken (1).',
    );
    bench.rollups.clock.at = at(0) + 7_000;
    expect(countLate(await status())).toBe(6);
    bench.rollups.clock.at = at(11);
    expect((await status()).incidents).toEqual([]);
  });

  it('name a rule whose changes could not be written', async () => {
    await bench.add({ name: 'broken', windowSeconds: 60, threshold: -1 });
    bench.notifier.failsFor = 'broken';
    await bench.tick(at(0));
    expect((await status()).incidents).toEqual([{ kind: 'failed', tick: new Date(at(0)), rules: ['broken'] }]);
  });
});
