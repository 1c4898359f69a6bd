import { randomUUID } from 'node:crypto';
import { SloService } from '../../src/notifications/slo/slo.service.js';
import { SloRepository } from '../../src/notifications/store/slo.repository.js';
import { createTestDatabase, truncate, type TestDatabase } from '../support/database.js';

const NOW = new Date('2026-01-10T12:00:00.000Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

let database: TestDatabase;
let slo: SloService;

beforeAll(async () => {
  database = await createTestDatabase();
  slo = new SloService(new SloRepository(database.dataSource), { now: () => NOW });
});
afterEach(() => truncate(database.dataSource, 'notification_notices', 'notification_deliveries'));
afterAll(() => database.drop());

interface Delivered {
  readonly severity?: 'info' | 'warning' | 'critical';
  readonly channel?: 'email' | 'sms';
  readonly status?: 'pending' | 'folded' | 'sent' | 'failed' | 'skipped';
  readonly detectedAt?: Date;
  readonly heldUntil?: Date;
  /** After detection. */
  readonly sentAfterSeconds?: number;
  readonly foldedInto?: string;
}

/** Writes one notice with one delivery, a critical SMS detected ten minutes ago unless a test says otherwise. */
async function delivered(differences: Delivered): Promise<string> {
  const given = { severity: 'critical', channel: 'sms', status: 'sent', detectedAt: ago(600), ...differences };
  const [noticeId, id] = [randomUUID(), randomUUID()];
  const { detectedAt, sentAfterSeconds: took } = given;
  const sentAt = took === undefined ? null : new Date(detectedAt.getTime() + took * 1_000);
  await database.dataSource.query(
    `INSERT INTO notification_notices (id, transition_id, kind, severity, detected_at, content, correlation_id)
     VALUES ($1, $1, 'firing', $2, $3, '{}', 'test')`,
    [noticeId, given.severity, detectedAt],
  );
  await database.dataSource.query(
    `INSERT INTO notification_deliveries
       (id, notice_id, channel, address, target, recipients, severity, status, due_at, held_until, sent_at, folded_into)
     VALUES ($1, $2, $3, '', '', '{}', $4, $5, $6, $7, $8, $9)`,
    [
      ...[id, noticeId, given.channel, given.severity, given.status, detectedAt],
      ...[given.heldUntil ?? null, sentAt, given.foldedInto ?? null],
    ],
  );
  return id;
}

it('counts what left in time, late, never, and what still has time', async () => {
  for (const sentAfterSeconds of [1, 2, 30, 30.5]) await delivered({ sentAfterSeconds });
  await delivered({ status: 'failed' });
  await delivered({ status: 'pending', detectedAt: ago(31) });
  await delivered({ status: 'pending', detectedAt: ago(10) });
  await delivered({ status: 'skipped' });
  await delivered({ severity: 'info', sentAfterSeconds: 1 });
  const [critical, warning] = (await slo.read('1h')).objectives;
  const times = {
    ...{ deliveries: 6, within: 3, late: 2, late_pending: 1, failed: 1, pending: 1, share_within: 0.5 },
    ...{ p50_seconds: 2, p95_seconds: 30.5, max_seconds: 30.5 },
  };
  expect(critical).toEqual({
    ...{ severity: 'critical', target_seconds: 30, ...times },
    by_channel: [{ channel: 'sms', ...times }],
  });
  expect(warning).toMatchObject({ deliveries: 0, share_within: null, max_seconds: null, by_channel: [] });
});

it('tells the channels apart, and adds them up', async () => {
  await delivered({ channel: 'sms', sentAfterSeconds: 40 });
  for (const sentAfterSeconds of [3, 4]) await delivered({ channel: 'email', sentAfterSeconds });
  const [critical] = (await slo.read('1h')).objectives;
  expect(critical).toMatchObject({ deliveries: 3, within: 2, late: 1, share_within: 2 / 3 });
  expect(critical!.by_channel).toEqual([
    expect.objectContaining({ channel: 'email', deliveries: 2, share_within: 1, max_seconds: 4 }),
    expect.objectContaining({ channel: 'sms', deliveries: 1, share_within: 0, max_seconds: 40 }),
  ]);
});

it('measures what quiet hours held from their end', async () => {
  await delivered({ severity: 'warning', detectedAt: ago(3_000), heldUntil: ago(1_000), sentAfterSeconds: 2_300 });
  await delivered({ severity: 'warning', detectedAt: ago(3_000), heldUntil: ago(1_000), sentAfterSeconds: 2_301 });
  const [, warning] = (await slo.read('1h')).objectives;
  expect(warning).toMatchObject({ within: 1, late: 1, p50_seconds: 300, max_seconds: 301 });
});

it('gives what was folded into a digest the fate of the digest', async () => {
  const digest = await delivered({ detectedAt: ago(600), sentAfterSeconds: 20 });
  await delivered({ status: 'folded', detectedAt: ago(620), foldedInto: digest });
  const [critical] = (await slo.read('1h')).objectives;
  expect(critical).toMatchObject({ deliveries: 2, within: 1, late: 1, max_seconds: 40 });
});

it.each([
  ['1h', 1],
  ['24h', 2],
  ['7d', 3],
  ['30d', 4],
] as const)('looks back %s and no further', async (range, deliveries) => {
  const dayS = 86_400;
  const edges = [3_600, dayS, 7 * dayS, 30 * dayS];
  for (const seconds of edges) await delivered({ detectedAt: ago(seconds), sentAfterSeconds: 1 });
  const { objectives, meta } = await slo.read(range);
  expect(objectives[0]!.deliveries).toBe(deliveries);
  expect(meta).toEqual({
    ...{ from: ago(edges[deliveries - 1]!).toISOString(), to: NOW.toISOString() },
    ...{ range, source: 'raw', generated_at: NOW.toISOString(), stale: false },
  });
});
