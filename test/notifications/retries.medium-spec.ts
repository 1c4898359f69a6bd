import { until } from '../support/app-process.js';
import { rateLimitedFor, twilioAnswers } from './http-provider.js';
import { notice } from './notices.js';
import { Providers } from './providers.js';
import { createNotificationRig, type DeliveryRow, type NotificationRig } from './rig.js';
import { itInSoak } from '../support/soak.js';

jest.setTimeout(180_000);

const HOUR_S = 3_600;
const PHONE_OF_ANN = '+14155550101';

const all = new Providers();
const { slack, twilio, mail } = all;
let rig: NotificationRig;

beforeAll(async () => {
  await all.start();
  rig = await createNotificationRig(all.environment());
});

beforeEach(async () => {
  await rig.save('user:ann', { email: 'ann@example.com', phone: PHONE_OF_ANN, slackWebhookUrl: null });
});

afterEach(async () => {
  await rig.forget();
  all.reset();
});

afterAll(async () => {
  await rig?.stop();
  await all.stop();
});

const toAnn = { users: ['ann'], teams: [] };
const secondsSince = (start: Date, at: Date | null): number => (at!.getTime() - start.getTime()) / 1_000;
/** Without those that tell of others that are late: these are what some tests make. */
const deliveries = (where = 'true'): Promise<DeliveryRow[]> =>
  rig.deliveries(`notice_id IN (SELECT id FROM notification_notices WHERE kind <> 'late') AND (${where})`);
const settled = async (): Promise<DeliveryRow[]> => {
  await rig.settled();
  return deliveries();
};
const told = (rows: readonly DeliveryRow[]): unknown[] =>
  rows
    .map(({ channel, address, status, fallback_for: instead }) =>
      `${channel} ${address} ${status} ${instead ?? ''}`.trim(),
    )
    .sort();

it('delivers a critical notice after all providers were away for 45 s, and its fallback beside it', async () => {
  const start = rig.clock.now();
  await all.goAway();
  try {
    await rig.send(notice({ config: { channels: ['sms'], recipients: toAnn } }));
    await rig.pass(45);
    expect(told(await deliveries(`address LIKE '%ann%' OR address = '${PHONE_OF_ANN}'`))).toEqual([
      'email ann@example.com pending sms',
      'in_app user:ann sent email',
      `sms ${PHONE_OF_ANN} pending`,
    ]);
  } finally {
    await all.comeBack();
  }
  const rows = await settled();
  expect(told(rows)).toEqual([
    'email ann@example.com sent sms',
    'email ops@example.com sent sms',
    'in_app user:ann sent email',
    'sms +14155550100 sent',
    `sms ${PHONE_OF_ANN} sent`,
  ]);
  for (const { sent_at: sentAt } of rows) expect(secondsSince(start, sentAt)).toBeLessThan(90);
});

it('delivers a warning by e-mail to a server that defers every mail for 100 s', async () => {
  const start = rig.clock.now();
  mail.usual = 451;
  await rig.send(notice({ severity: 'warning', config: { channels: ['email'], recipients: toAnn } }));
  await rig.pass(100);
  mail.usual = 'accepted';
  const rows = await settled();
  expect(told(rows)).toEqual(['email ann@example.com sent', 'email ops@example.com sent']);
  for (const { sent_at: sentAt } of rows) expect(secondsSince(start, sentAt)).toBeLessThan(300);
});

itInSoak('keeps trying beside the fallback, and records when it is delivered after all', async () => {
  const start = rig.clock.now();
  mail.usual = 451;
  const warning = notice({ severity: 'warning', config: { channels: ['email'], recipients: toAnn } });
  await rig.send(warning);
  await rig.pass(299);
  expect(told(await deliveries())).toEqual(['email ann@example.com pending', 'email ops@example.com pending']);
  await rig.pass(2 * HOUR_S);
  mail.usual = 'accepted';
  const rows = await settled();
  expect(told(rows)).toEqual([
    'email ann@example.com sent',
    'email ops@example.com sent',
    'in_app user:ann sent email',
  ]);
  const [fallback] = rows.filter(({ channel }) => channel === 'in_app');
  expect(secondsSince(start, fallback!.sent_at)).toBeGreaterThanOrEqual(300);
  expect(secondsSince(start, fallback!.sent_at)).toBeLessThan(310);
  expect((await rig.log.forAlerts([warning.alertId!])).get(warning.alertId!)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ channel: 'email', status: 'sent', sent_at: expect.any(String) }),
    ]),
  );
});

it('gives up after four hours', async () => {
  const start = rig.clock.now();
  twilio.usual = twilioAnswers.unavailable;
  await rig.send(notice({ config: { channels: ['sms'], recipients: toAnn } }));
  await rig.pass(3.7 * HOUR_S);
  expect(told(await deliveries(`channel = 'sms'`))).toEqual([
    'sms +14155550100 pending',
    `sms ${PHONE_OF_ANN} pending`,
  ]);
  const rows = (await settled()).filter(({ channel }) => channel === 'sms');
  for (const row of rows) {
    expect(row).toMatchObject({ status: 'failed', error: 'Twilio answered 503 (20503): Service Unavailable' });
    expect(row.attempts).toBeGreaterThan(50);
    expect(row.attempts).toBeLessThan(75);
  }
  expect(secondsSince(start, rig.clock.now())).toBeLessThanOrEqual(4 * HOUR_S);
});

itInSoak('counts the four hours of a held notice from the end of the quiet hours', async () => {
  const now = rig.clock.now();
  const time = (hours: number): string => new Date(now.getTime() + hours * HOUR_S * 1_000).toISOString().slice(11, 16);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const quietHours = { start: time(-1), end: time(6), timeZone: 'UTC', days };
  await rig.save('user:ann', { email: 'ann@example.com', quietHours });
  mail.usual = 451;
  await rig.send(notice({ severity: 'warning', config: { channels: ['email'], recipients: toAnn } }));
  const ofAnn = (): Promise<DeliveryRow[]> => deliveries(`address = 'ann@example.com'`);
  await rig.pass(9 * HOUR_S);
  expect(await ofAnn()).toMatchObject([{ status: 'pending' }]);
  mail.usual = 'accepted';
  await settled();
  expect(await ofAnn()).toMatchObject([{ status: 'sent' }]);
});

it.each(['1e9', 'Fri, 31 Dec 9999 23:59:59 GMT', '99999999999999999999'])(
  'comes back after 15 minutes when the provider says %s, and sends the fallback in the meantime',
  async (retryAfter) => {
    const start = rig.clock.now();
    twilio.next.push(rateLimitedFor(retryAfter), rateLimitedFor(retryAfter));
    await rig.send(notice({ config: { channels: ['sms'], recipients: toAnn } }));
    const rows = await settled();
    const sms = rows.filter(({ channel }) => channel === 'sms');
    const fallbacks = rows.filter(({ fallback_for: instead }) => instead === 'sms');
    expect(sms).toMatchObject([
      { status: 'sent', attempts: 2 },
      { status: 'sent', attempts: 2 },
    ]);
    for (const { sent_at: sentAt } of sms) expect(secondsSince(start, sentAt)).toBeGreaterThanOrEqual(900);
    for (const { sent_at: sentAt } of sms) expect(secondsSince(start, sentAt)).toBeLessThan(930);
    expect(told(fallbacks)).toEqual(['email ann@example.com sent sms', 'email ops@example.com sent sms']);
    for (const { sent_at: sentAt } of fallbacks) expect(secondsSince(start, sentAt)).toBeLessThan(30);
  },
);

it.each(['', 'soon', '-3', '0', 'NaN'])('comes back after a second when the provider says %j', async (retryAfter) => {
  const start = rig.clock.now();
  twilio.next.push(rateLimitedFor(retryAfter));
  await rig.send(notice({ config: { channels: ['sms'] } }));
  const rows = await settled();
  const row = rows.find(({ attempts }) => attempts === 2);
  expect(row).toMatchObject({ status: 'sent' });
  expect(secondsSince(start, row!.sent_at)).toBeGreaterThanOrEqual(1);
  expect(secondsSince(start, row!.sent_at)).toBeLessThan(15);
});

describe('a fallback', () => {
  it('goes to the inbox of the one person, and not to the Slack of the workspace', async () => {
    mail.refusal = { code: 550, text: 'No such user' };
    await rig.save('user:gone', { email: 'gone@example.test', channels: { warning: ['email'] } });
    await rig.send(
      notice({ severity: 'warning', config: { channels: ['email'], recipients: { users: ['gone'], teams: [] } } }),
    );
    expect(told(await settled())).toEqual([
      'email gone@example.test failed',
      'email ops@example.com failed',
      'in_app user:gone sent email',
    ]);
    expect(slack.received).toEqual([]);
  });

  it.each([{ recipients: null }, { recipients: toAnn }])(
    'of ALERT_EMAIL_TO goes to no inbox of the admins where the channels of the rule leave it out: $recipients',
    async ({ recipients }) => {
      mail.refusal = { code: 550, text: 'No such user' };
      await rig.send(notice({ config: { channels: ['email'], recipients } }));
      expect(told(await settled())).toEqual([
        'email ann@example.com failed',
        'email ops@example.com failed',
        'in_app user:ann sent email',
      ]);
      expect(slack.received).toEqual([]);
    },
  );

  it('of ALERT_EMAIL_TO is not needed where the notice goes to the inbox of the admins anyway', async () => {
    mail.refusal = { code: 550, text: 'No such user' };
    await rig.forget();
    await rig.send(notice({ config: { channels: ['email', 'in_app'] } }));
    expect(told(await settled())).toEqual(['email ops@example.com failed', 'in_app role:admin sent']);
  });

  it('goes to nobody who has switched notices off in the meantime', async () => {
    twilio.usual = twilioAnswers.unavailable;
    await rig.send(notice({ config: { channels: ['sms'], recipients: toAnn } }));
    await until(async () => (await deliveries(`attempts > 0 AND claimed_until IS NULL`)).length === 2, 10_000);
    await rig.save('user:ann', { email: 'ann@example.com', phone: PHONE_OF_ANN, enabled: false });
    await rig.pass(40);
    expect(told(await deliveries('fallback_for IS NOT NULL'))).toEqual(['email ops@example.com sent sms']);
    all.reset();
    await settled();
  });

  it.each([
    [
      'its recipient has preferences without a time',
      `UPDATE notification_preferences SET quiet_hours = '{"time_zone":"UTC","days":["mon","tue","wed","thu","fri","sat","sun"]}'
        WHERE owner = 'user:bob'`,
      `UPDATE notification_preferences SET quiet_hours = NULL WHERE owner = 'user:bob'`,
    ],
    [
      'the database refuses its row',
      `ALTER TABLE notification_deliveries ADD CONSTRAINT no_inbox_of_bob CHECK (address <> 'user:bob')`,
      'ALTER TABLE notification_deliveries DROP CONSTRAINT no_inbox_of_bob',
    ],
  ])('that cannot be planned as %s keeps no other back, and goes out once it can be', async (_, damage, repair) => {
    mail.usual = 451;
    await rig.save('user:bob', { email: 'bob@example.com' });
    const recipients = { users: ['bob', 'ann'], teams: [] };
    await rig.send(notice({ severity: 'warning', config: { channels: ['email'], recipients } }));
    await until(async () => (await deliveries('attempts > 0')).length === 3, 10_000);
    await rig.database.dataSource.query(damage);
    await rig.pass(320);
    expect(told(await deliveries('fallback_for IS NOT NULL'))).toEqual(['in_app user:ann sent email']);
    const [bob] = await deliveries(`address = 'bob@example.com'`);
    expect(secondsSince(bob!.first_attempt_at!, bob!.fallback_at)).toBeGreaterThanOrEqual(600);
    expect(secondsSince(bob!.first_attempt_at!, bob!.fallback_at)).toBeLessThan(640);
    await rig.database.dataSource.query(repair);
    await rig.pass(320);
    expect(told(await deliveries('fallback_for IS NOT NULL'))).toEqual([
      'in_app user:ann sent email',
      'in_app user:bob sent email',
    ]);
    mail.usual = 'accepted';
    await settled();
  });

  it('is not sent where the notice has arrived over another channel', async () => {
    mail.usual = 451;
    await rig.send(notice({ severity: 'warning' }));
    await rig.pass(600);
    expect(await deliveries('fallback_for IS NOT NULL')).toEqual([]);
    mail.usual = 'accepted';
    await settled();
  });
});
