import { randomUUID } from 'node:crypto';
import { LatenessWatchdog } from '../../src/notifications/delivery/lateness-watchdog.js';
import { AlertNotifier, type AlertNotice } from '../../src/notifications/index.js';
import { SloService } from '../../src/notifications/slo/slo.service.js';
import { ComponentHealth } from '../../src/platform/probes/index.js';
import { until } from '../support/app-process.js';
import { hang, twilioAnswers } from './http-provider.js';
import { notice } from './notices.js';
import { PHONE, Providers } from './providers.js';
import { createNotificationRig, type DeliveryRow, type NotificationRig } from './rig.js';

const all = new Providers();
const { slack, twilio, mail } = all;
let rig: NotificationRig;

beforeAll(async () => {
  await all.start();
  rig = await createNotificationRig(all.environment({ NOTIFY_PROVIDER_TIMEOUT_MS: '2000' }));
});

afterEach(async () => {
  await rig.forget();
  all.reset();
});

afterAll(async () => {
  await rig?.stop();
  await all.stop();
});

const times = (count: number, make: (index: number) => AlertNotice): AlertNotice[] =>
  Array.from({ length: count }, (_, index) => make(index));
const by = (channel: string, rows: readonly DeliveryRow[]): DeliveryRow[] =>
  rows.filter((row) => row.channel === channel);
const smsTexts = (): (string | null)[] => twilio.received.map(({ body }) => new URLSearchParams(body).get('Body'));
const resolvedOf = (firing: AlertNotice): AlertNotice => ({
  ...firing,
  ...{ kind: 'resolved', transitionId: randomUUID(), resolvedValue: 0.01, resolvedBy: 'auto', resolvedAt: new Date() },
});

describe('when a channel fails for good', () => {
  it('the next one that the recipient has takes over, and says for which', async () => {
    twilio.usual = twilioAnswers.refused;
    await rig.save('user:ann', { phone: '+14155550101', email: 'ann@example.com', channels: { critical: ['sms'] } });
    await rig.send(notice({ config: { recipients: { users: ['ann'], teams: [] }, channels: ['sms'] } }));
    const rows = await rig.settled();
    const told = rows.map(({ channel, address, status, fallback_for: instead }) => [channel, address, status, instead]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['sms', '+14155550101', 'failed', null],
        ['email', 'ann@example.com', 'sent', 'sms'],
        ['email', 'ops@example.com', 'sent', 'sms'],
      ]),
    );
  });

  it('nobody is told twice who hears of it over the next channel anyway', async () => {
    twilio.usual = twilioAnswers.refused;
    await rig.send(notice());
    expect(by('email', await rig.settled())).toHaveLength(1);
    expect(mail.received).toHaveLength(1);
  });
});

describe('a resolved notice', () => {
  it('goes where the firing one went, with both values, and not by SMS', async () => {
    const firing = notice();
    await rig.send(firing);
    await rig.settled();
    all.reset();
    await rig.send(resolvedOf(firing));
    await rig.settled();
    expect([mail.received.length, slack.received.length, twilio.received.length]).toEqual([1, 1, 0]);
    expect(mail.received[0]!.raw).toContain('Subject: [CRITICAL] Resolved: Errors of the API');
    expect(slack.received[0]!.body).toContain('25 % (peak 25 %)');
    expect(slack.received[0]!.body).toContain('"*Now*\\n1 %"');
  });

  it('goes by SMS to somebody who wants SMS for mere information', async () => {
    await rig.save('user:ann', { phone: '+14155550101', channels: { info: ['sms'] } });
    const firing = notice();
    await rig.send(firing);
    await rig.settled();
    all.reset();
    await rig.send(resolvedOf(firing));
    await rig.settled();
    expect(twilio.received.map(({ body }) => new URLSearchParams(body).get('To'))).toEqual(['+14155550101']);
  });
});

describe('quiet hours', () => {
  it('hold a warning until they are over, and a critical notice not at all', async () => {
    const now = rig.clock.now();
    const time = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const quietHours = { start: time(-1), end: time(2), timeZone: 'UTC', days };
    const channels = { warning: ['email'], critical: ['email'] } as const;
    await rig.save('user:ann', { email: 'ann@example.com', quietHours, channels });
    await rig.send(notice({ severity: 'warning' }), notice({ severity: 'critical' }));
    await until(() => mail.received.some(({ to }) => to[0] === 'ann@example.com'), 5_000);
    const held = await rig.deliveries(`address = 'ann@example.com' AND severity = 'warning'`);
    expect(held[0]).toMatchObject({ status: 'pending', attempts: 0 });
    expect(held[0]!.held_until!.getTime() - now.getTime()).toBeGreaterThan(1.9 * 3_600_000);
    const sent = (await rig.settled()).find(({ id }) => id === held[0]!.id);
    expect(sent!.status).toBe('sent');
    expect(sent!.sent_at!.getTime()).toBeGreaterThanOrEqual(held[0]!.held_until!.getTime());
  });
});

describe('one address', () => {
  it('gets one message, however many people and teams share it', async () => {
    await rig.save('user:ann', { email: 'team@example.com' });
    await rig.save('team:platform', { email: 'team@example.com' });
    await rig.save('team:growth', { email: 'team@example.com' });
    await rig.save('user:off', { email: 'off@example.com', enabled: false });
    await rig.save('user:shop', { email: 'shop@example.com', scope: 'business' });
    await rig.send(notice({ severity: 'warning' }));
    await rig.settled();
    expect(mail.received.map(({ to }) => to[0]).sort()).toEqual(['ops@example.com', 'team@example.com']);
  });

  it('gets 20 warnings alone, and the others in a digest that counts and names them', async () => {
    await rig.send(
      ...times(26, (n) => notice({ severity: 'warning', config: { name: `Rule ${n}`, channels: ['email'] } })),
    );
    const rows = by('email', await rig.settled());
    expect(rows.filter(({ status }) => status === 'sent')).toHaveLength(21);
    expect(mail.received).toHaveLength(21);
    const digest = mail.received.find(({ raw }) => raw.includes('6 alerts in one message'))!;
    for (let n = 20; n < 26; n += 1) expect(digest.raw).toContain(`Rule ${n}`);
    expect((await rig.settled()).every(({ status }) => status === 'sent' || status === 'folded')).toBe(true);
  });

  it('gets five critical SMS alone, and the others in one within 30 s', async () => {
    const sentAt = rig.clock.now().getTime();
    await rig.send(...times(40, (n) => notice({ config: { name: `Rule ${n % 2}`, channels: ['sms'] } })));
    const rows = await rig.settled();
    expect(smsTexts()).toHaveLength(6);
    expect(smsTexts().at(-1)).toMatch(/^CRITICAL 35 alerts in one message: Rule 1 \(18x\), Rule 0 \(17x\)\.$/);
    const last = Math.max(...rows.map((row) => row.sent_at?.getTime() ?? 0));
    expect(last - sentAt).toBeLessThan(30_000);
  });

  it('shows on the alert what became of the digest that speaks for it', async () => {
    const notices = times(7, () => notice({ config: { channels: ['sms'] } }));
    await rig.send(...notices);
    await rig.settled();
    const log = await rig.log.forAlerts([notices[6]!.alertId!]);
    expect(log.get(notices[6]!.alertId!)).toMatchObject([{ channel: 'sms', target: '+14*******00', status: 'sent' }]);
  });
});

describe('what somebody wrote in a rule', () => {
  const nasty = notice({
    config: {
      name: 'Sales\r\nBcc: all@example.com <b>&</b> <!channel> <https://evil.example|click>',
      description: '<script>alert(1)</script>',
      runbookUrl: 'javascript:alert(1)',
    },
  });

  it('starts no header and no markup of an e-mail', async () => {
    await rig.send(nasty);
    await rig.settled();
    const { to, raw } = mail.received[0]!;
    const headers = raw.slice(0, raw.indexOf('\r\n\r\n'));
    expect(headers).toContain('Subject: [CRITICAL] Firing: Sales Bcc: all@example.com');
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(to).toEqual(['ops@example.com']);
    // Quoted-printable breaks long lines with a = at their end.
    const html = raw.slice(raw.indexOf('<!doctype html>')).replaceAll('=\r\n', '');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('<script>');
    expect(raw).not.toContain('javascript:');
  });

  it('mentions nobody in Slack, and links to nothing', async () => {
    await rig.send(nasty);
    await rig.settled();
    const { attachments, text } = JSON.parse(slack.received[0]!.body);
    expect(text).toContain('&lt;!channel&gt;');
    const mrkdwn = JSON.stringify(attachments[0].blocks.slice(1));
    expect(mrkdwn).not.toMatch(/<!channel>|<https:|<script>/);
    expect(attachments[0].color).toBe('#d32f2f');
  });

  it('fits into an SMS of 320 characters', async () => {
    await rig.send(notice({ config: { name: 'Ä'.repeat(400), channels: ['sms'] } }));
    await rig.settled();
    expect(smsTexts()[0]!.length).toBeLessThanOrEqual(320);
    expect(smsTexts()[0]).toMatch(/\.\.\.\. api\.error_rate is 25 % \(threshold 5 %\)$/);
  });
});

describe('a notice that is late', () => {
  it('is told of over the other channels, once', async () => {
    twilio.usual = hang;
    const detectedAt = new Date(rig.clock.now().getTime() - 40_000);
    await rig.send(notice({ detectedAt, config: { channels: ['sms'] } }));
    const watchdog = rig.app.get(LatenessWatchdog, { strict: false });
    await watchdog.look();
    await watchdog.look();
    const late = 'Subject: [CRITICAL] 1 notice by SMS did not leave within 30 s';
    await until(() => mail.received.some(({ raw }) => raw.includes(late)), 10_000);
    expect(mail.received).toHaveLength(1);
    expect(slack.received).toHaveLength(1);
    twilio.usual = twilioAnswers.ok;
    await rig.settled();
  });
});

describe('as a component of the system', () => {
  const state = async () => (await rig.app.get(ComponentHealth, { strict: false }).states()).notifications!;

  it('is healthy while all leaves, and degraded when something does not', async () => {
    expect(await state()).toEqual({ status: 'healthy', detail: expect.stringMatching(/^In 15 min: /) });
    twilio.usual = twilioAnswers.refused;
    await rig.send(notice({ detectedAt: rig.clock.now() }));
    await rig.settled();
    await until(async () => (await state()).status === 'degraded', 5_000);
    expect((await state()).detail).toContain('sms 0 sent, 1 failed, 0 late');
  });
});

describe('a delivery that is tried for hours', () => {
  const state = async () => (await rig.app.get(ComponentHealth, { strict: false }).states()).notifications!;
  const watchdog = () => rig.app.get(LatenessWatchdog, { strict: false });
  const aWarning = () => notice({ severity: 'warning', detectedAt: rig.clock.now(), config: { channels: ['email'] } });

  it('is late all the time, in the health of the system and in the objectives, and failed at last', async () => {
    mail.usual = 451;
    await rig.send(aWarning());
    await rig.pass(7_200);
    expect(await state()).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('email 0 sent, 0 failed, 1 late, 1 being retried'),
    });
    const objectives = async () =>
      (await rig.app.get(SloService, { strict: false }).read('24h')).objectives[1]!.by_channel;
    const late = expect.objectContaining({
      channel: 'email',
      deliveries: 1,
      late: 1,
      late_pending: 1,
      failed: 0,
      pending: 0,
    });
    expect(await objectives()).toContainEqual(late);
    await rig.settled();
    expect(await state()).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('email 0 sent, 1 failed, 0 late'),
    });
    const failed = expect.objectContaining({ channel: 'email', deliveries: 1, late: 0, late_pending: 0, failed: 1 });
    expect(await objectives()).toContainEqual(failed);
  }, 120_000);

  it('is late to whom it concerns, and its fallback is not', async () => {
    mail.usual = 451;
    twilio.usual = twilioAnswers.unavailable;
    await rig.save('user:ann', { email: 'ann@example.com', phone: '+14155550101' });
    await rig.send(notice({ detectedAt: rig.clock.now(), config: { channels: ['sms'] } }));
    await rig.pass(45);
    expect(await rig.deliveries(`fallback_for = 'sms' AND status = 'pending'`)).toHaveLength(2);
    await watchdog().look();
    const late = await rig.database.dataSource.query<{ channel: string }[]>(
      `SELECT DISTINCT content ->> 'channel' AS channel FROM notification_notices WHERE kind = 'late'`,
    );
    expect(late).toEqual([{ channel: 'sms' }]);
    all.reset();
    await rig.settled();
  });
});

it('tells nobody that it is over who has switched notices off in the meantime', async () => {
  await rig.save('user:ann', { email: 'ann@example.com' });
  const firing = notice({ config: { channels: ['email'] } });
  await rig.send(firing);
  await rig.settled();
  await rig.save('user:ann', { email: 'ann@example.com', enabled: false });
  await rig.send(resolvedOf(firing));
  const rows = await rig.settled();
  expect(
    rows.filter(({ address }) => address === 'ann@example.com').map(({ status, reason }) => [status, reason]),
  ).toEqual([
    ['sent', null],
    ['skipped', 'preferences'],
  ]);
});

it('plans a notice without anybody to tell as skipped, with the reason', async () => {
  const plan = await rig.database.dataSource.transaction((tx) =>
    rig.app.get(AlertNotifier).plan(tx, notice({ suppressed: 'silenced' })),
  );
  expect(plan.anySent).toBe(false);
  expect(plan.deliveries.find(({ channel }) => channel === 'sms')).toEqual({
    ...{ channel: 'sms', target: PHONE.replace(/\d{7}(?=\d\d$)/, '*******'), status: 'skipped', reason: 'silenced' },
  });
});

it('plans notices together as it does each alone: new ones, resolved ones, and one that was planned before', async () => {
  const inTransaction = (...notices: readonly AlertNotice[]) =>
    rig.database.dataSource.transaction((tx) => rig.app.get(AlertNotifier).planAll(tx, notices));
  const [first, second] = [notice(), notice({ config: { channels: ['sms'] } })];
  await rig.plan(first, second);
  const fresh = times(120, () => notice({ config: { channels: ['email'] } }));
  const plans = await inTransaction(resolvedOf(first), second, ...fresh, resolvedOf(second));
  const channels = plans.map(({ deliveries }) => deliveries.map(({ channel }) => channel));
  expect(channels[0]).toEqual(['email', 'in_app', 'slack']);
  expect(channels[1]).toEqual(['sms']);
  expect(channels.slice(2, -1)).toEqual(fresh.map(() => ['email']));
  expect(channels.at(-1)).toEqual([]);
  expect(by('email', await rig.deliveries())).toHaveLength(122);
});
