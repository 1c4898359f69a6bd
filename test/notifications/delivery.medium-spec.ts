import type { ServerResponse } from 'node:http';
import { until } from '../support/app-process.js';
import { endless, hang, HttpProvider, slackAnswers, twilioAnswers, type Answer } from './http-provider.js';
import { notice } from './notices.js';
import { PHONE, Providers } from './providers.js';
import { createNotificationRig, type NotificationRig } from './rig.js';
import { SmtpProvider } from './smtp-provider.js';

/** For those that hang: long enough for an answer on a busy machine, short enough to wait for. */
const SHORT_TIMEOUT_MS = 400;

/** A body that the provider does not finish. */
function breakOff(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '100' }).write('ok');
  setTimeout(() => response.destroy(), 20);
}

const all = new Providers();
const { slack, twilio, mail } = all;
let rig: NotificationRig;

beforeAll(async () => {
  await all.start();
  rig = await createNotificationRig(all.environment());
});

afterEach(async () => {
  await rig.forget();
  all.reset();
});

afterAll(async () => {
  await rig?.stop();
  await all.stop();
});

describe('a critical notice', () => {
  it('arrives over every channel, once', async () => {
    await rig.send(notice());
    const rows = await rig.settled();
    expect(rows.map(({ channel, status, attempts }) => [channel, status, attempts]).sort()).toEqual([
      ['email', 'sent', 1],
      ['in_app', 'sent', 1],
      ['slack', 'sent', 1],
      ['sms', 'sent', 1],
    ]);
    expect(mail.received.map(({ to }) => to)).toEqual([['ops@example.com']]);
    expect(slack.received.map(({ path }) => path)).toEqual(['/services/T0/B0/secret']);
    expect(twilio.received.map(({ path }) => path)).toEqual([
      '/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json',
    ]);
    const sms = new URLSearchParams(twilio.received[0]!.body);
    expect(sms.get('To')).toBe(PHONE);
    expect(sms.get('Body')).toContain('CRITICAL Firing: Errors of the API. api.error_rate is 25 % (threshold 5 %)');
  });

  it('is told once when its transition is planned twice', async () => {
    const same = notice();
    await rig.send(same);
    await rig.send(same);
    expect(await rig.settled()).toHaveLength(4);
    expect(twilio.received).toHaveLength(1);
  });

  it('leaves without anybody waking it after the commit', async () => {
    await rig.plan(notice());
    await until(() => twilio.received.length > 0, 10_000);
    expect((await rig.settled()).every(({ status }) => status === 'sent')).toBe(true);
  });
});

type Channel = 'email' | 'slack' | 'sms';
type Trouble = '429 with Retry-After' | '500 five times' | '400' | 'broken body';

const providers = { email: mail, slack, sms: twilio };
const http = { slack: { provider: slack, answers: slackAnswers }, sms: { provider: twilio, answers: twilioAnswers } };

function fiveTimes<T>(value: T): T[] {
  return Array.from({ length: 5 }, () => value);
}

/** Makes a provider fail. */
function afflict(channel: Channel, trouble: Trouble): void {
  if (channel === 'email') return afflictMail(trouble);
  const { provider, answers } = http[channel];
  if (trouble === '429 with Retry-After') provider.next.push(answers.rateLimited);
  else if (trouble === '500 five times') provider.next.push(...fiveTimes(answers.unavailable));
  else provider.usual = trouble === '400' ? answers.refused : answers.broken;
}

/** SMTP's words for it: 4xx asks to come again, 5xx does not. */
function afflictMail(trouble: Trouble): void {
  if (trouble === '429 with Retry-After') mail.next.push(451);
  else if (trouble === '500 five times') mail.next.push(...fiveTimes(421));
  else mail.refusal = { code: 550, text: '5.1.1 <ops@example.com>: Recipient address rejected:\nUser unknown' };
}

interface Ending {
  readonly status: 'sent' | 'failed';
  readonly attempts: number;
  readonly error?: string;
  readonly mayBeTwice?: boolean;
}

async function expectEnding(of: NotificationRig, channel: Channel, ending: Ending): Promise<void> {
  await of.forget();
  await of.send(notice({ config: { channels: [channel] } }));
  const [row] = (await of.settled()).filter((delivery) => delivery.fallback_for === null);
  expect(row).toMatchObject({
    channel,
    status: ending.status,
    attempts: ending.attempts,
    error: ending.error ?? null,
    possible_duplicate: ending.mayBeTwice ?? false,
  });
}

it.each<[Channel, Trouble, Ending]>([
  ['slack', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['slack', '500 five times', { status: 'sent', attempts: 6 }],
  ['slack', '400', { status: 'failed', attempts: 1, error: 'Slack answered 400: invalid_payload' }],
  [
    'slack',
    'broken body',
    { status: 'sent', attempts: 1, error: 'Slack answered 200 with a body that cannot be read.' },
  ],
  ['sms', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['sms', '500 five times', { status: 'sent', attempts: 6 }],
  [
    'sms',
    '400',
    {
      status: 'failed',
      attempts: 1,
      error: "Twilio answered 400 (21211): The 'To' number +15*******01 is not valid.",
    },
  ],
  [
    'sms',
    'broken body',
    { status: 'sent', attempts: 1, error: 'Twilio answered 201 with a body that cannot be read.' },
  ],
  ['email', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['email', '500 five times', { status: 'sent', attempts: 6 }],
  [
    'email',
    '400',
    {
      status: 'failed',
      attempts: 1,
      error: 'The mail server answered 550: 5.1.1 <o***@example.com>: Recipient address rejected: User unknown',
    },
  ],
])('a message by %s ends as documented after %s', async (channel, trouble, ending) => {
  afflict(channel, trouble);
  await expectEnding(rig, channel, ending);
});

it.each<[Channel, RegExp]>([
  ['slack', /^Slack cannot be reached \(ECONNREFUSED\)\.$/],
  ['sms', /^Twilio cannot be reached \(ECONNREFUSED\)\.$/],
  ['email', /^The mail server cannot be reached \(ECONNREFUSED\)\.$/],
])('a message by %s is pending while connections are refused, and sent afterwards', async (channel, error) => {
  await providers[channel].stop();
  try {
    await rig.send(notice({ config: { channels: [channel] } }));
    await until(async () => (await rig.deliveries('attempts > 0 AND claimed_until IS NULL')).length > 0, 10_000);
    const [waiting] = await rig.deliveries();
    expect(waiting).toMatchObject({ status: 'pending', error: expect.stringMatching(error) });
  } finally {
    await providers[channel].start();
  }
  const [row] = await rig.settled();
  expect(row).toMatchObject({ status: 'sent', error: null, possible_duplicate: false });
});

it('waits for as long as the provider asks for', async () => {
  twilio.next.push(twilioAnswers.rateLimited);
  const before = rig.clock.now().getTime();
  await rig.send(notice({ config: { channels: ['sms'] } }));
  const [row] = await rig.settled();
  expect(row!.sent_at!.getTime() - before).toBeGreaterThanOrEqual(2_000);
});

describe('a success', () => {
  it.each<[string, Channel, Answer]>([
    ['201 without a message', 'sms', (response) => response.writeHead(201).end('{}')],
    ['202 with an array', 'sms', (response) => response.writeHead(202).end('[1, 2]')],
    ['200 with null', 'sms', (response) => response.end('null')],
    ['204', 'sms', (response) => response.writeHead(204).end()],
    ['201 with half a body', 'sms', (response) => breakOff(response, 201)],
    ['200 with half a body', 'slack', (response) => breakOff(response, 200)],
    ['200 with nothing', 'slack', (response) => response.end()],
    ['204', 'slack', (response) => response.writeHead(204).end()],
    ['299', 'slack', (response) => response.writeHead(299).end('ok, more or less')],
  ])('is one whatever it says: %s by %s', async (_name, channel, answer) => {
    const { provider } = http[channel as 'slack' | 'sms'];
    provider.usual = answer;
    await rig.send(notice({ config: { channels: [channel] } }));
    const rows = await rig.settled();
    expect(rows).toMatchObject([
      {
        channel,
        status: 'sent',
        attempts: 1,
        error: expect.stringMatching(/ answered 2\d\d with a body that cannot be read/),
      },
    ]);
    expect(provider.received).toHaveLength(1);
  });

  it('shows its warning on the alert', async () => {
    twilio.usual = twilioAnswers.broken;
    const sent = notice({ config: { channels: ['sms'] } });
    await rig.send(sent);
    await rig.settled();
    expect((await rig.log.forAlerts([sent.alertId!])).get(sent.alertId!)).toMatchObject([
      { channel: 'sms', status: 'sent', error: 'Twilio answered 201 with a body that cannot be read.' },
    ]);
  });
});

describe('an answer without an end', () => {
  it.each<[Channel, number, 'sent' | 'failed']>([
    ['slack', 200, 'sent'],
    ['sms', 201, 'sent'],
    ['slack', 404, 'failed'],
    ['sms', 400, 'failed'],
  ])('by %s with %s is cut off, and the message is %s', async (channel, status, ending) => {
    const closed = new Promise<number>((resolve) => {
      http[channel as 'slack' | 'sms'].provider.usual = endless(status, resolve);
    });
    const before = process.memoryUsage().rss;
    await rig.send(notice({ config: { channels: [channel] } }));
    const [row] = await rig.settled();
    expect(row).toMatchObject({ status: ending, attempts: 1 });
    expect(row!.error!.length).toBeLessThan(300);
    // What the buffers of both sockets hold was sent, and not read.
    expect(await closed).toBeLessThan(32 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

it('follows no redirect', async () => {
  for (const [channel, { provider }] of Object.entries(http)) {
    provider.usual = (response) => response.writeHead(307, { location: `${provider.url}/elsewhere` }).end();
    await rig.forget();
    await rig.send(notice({ config: { channels: [channel] } }));
    const [row] = await rig.settled();
    expect(row).toMatchObject({ status: 'failed', error: expect.stringMatching(/ answered 307\.$/) });
    expect(provider.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  }
});

describe('while a provider hangs', () => {
  let hasty: NotificationRig;

  beforeAll(async () => {
    hasty = await createNotificationRig(all.environment({ NOTIFY_PROVIDER_TIMEOUT_MS: String(SHORT_TIMEOUT_MS) }));
  });

  afterAll(async () => {
    await hasty?.stop();
  });

  it.each<[Channel, RegExp]>([
    ['slack', /^Slack gave no answer \(timeout\)\.$/],
    ['sms', /^Twilio gave no answer \(timeout\)\.$/],
    ['email', /^The mail server gave no answer \(timeout\)\.$/],
  ])('%s goes on trying, and says that a message may have arrived twice', async (channel, error) => {
    await hasty.forget();
    slack.usual = twilio.usual = hang;
    mail.usual = 'hang';
    await hasty.send(notice({ config: { channels: [channel] } }));
    await until(async () => (await hasty.deliveries('attempts > 0 AND claimed_until IS NULL')).length > 0, 10_000);
    const [waiting] = await hasty.deliveries();
    expect(waiting).toMatchObject({ status: 'pending', error: expect.stringMatching(error) });
    all.reset();
    const [row] = await hasty.settled();
    expect(row).toMatchObject({ status: 'sent', error: null, possible_duplicate: true });
  });

  it.each<['slack' | 'sms', number]>([
    ['slack', 200],
    ['sms', 201],
  ])('a success by %s is one although its body does not come', async (channel, status) => {
    await hasty.forget();
    http[channel].provider.usual = (response) => response.writeHead(status).write('o');
    await hasty.send(notice({ config: { channels: [channel] } }));
    const [row] = await hasty.settled();
    const error = expect.stringMatching(/ with a body that cannot be read\.$/);
    expect(row).toMatchObject({ status: 'sent', attempts: 1, possible_duplicate: false, error });
  });

  it('the other channels deliver as fast as ever', async () => {
    await hasty.forget();
    slack.usual = hang;
    const sentAt = Date.now();
    await hasty.send(...Array.from({ length: 40 }, () => notice({ config: { channels: ['slack'] } })), notice());
    await until(() => twilio.received.length > 0, 5_000);
    expect(twilio.received[0]!.at - sentAt).toBeLessThan(2_000);
    all.reset();
    await hasty.settled();
  });
});

describe('where TLS fails', () => {
  const plain = new HttpProvider(slackAnswers.ok);
  const selfSigned = new SmtpProvider({ secure: true });
  let unsafe: NotificationRig;

  beforeAll(async () => {
    await Promise.all([plain.start(), selfSigned.start()]);
    const https = plain.url.replace('http:', 'https:');
    const env = { SLACK_ANALYTICS_WEBHOOK: https, TWILIO_API_BASE_URL: https, SMTP_URL: selfSigned.url };
    unsafe = await createNotificationRig(all.environment(env));
  });

  afterAll(async () => {
    await unsafe?.stop();
    await Promise.all([plain.stop(), selfSigned.stop()]);
  });

  it.each<[Channel, RegExp]>([
    ['slack', /^Slack cannot be reached over TLS/],
    ['sms', /^Twilio cannot be reached over TLS/],
    ['email', /^The mail server cannot be reached over TLS/],
  ])('%s fails at once', async (channel, error) => {
    await unsafe.forget();
    await unsafe.send(notice({ config: { channels: [channel] } }));
    const [row] = await unsafe.settled();
    expect(row).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringMatching(error) });
  });
});
