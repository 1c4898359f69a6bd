import { until } from '../support/app-process.js';
import { hang, HttpProvider, slackAnswers, twilioAnswers } from './http-provider.js';
import { notice } from './notices.js';
import { PHONE, Providers } from './providers.js';
import { createNotificationRig, type NotificationRig } from './rig.js';
import { SmtpProvider } from './smtp-provider.js';

/** For those that hang: long enough for an answer on a busy machine, short enough to wait for. */
const SHORT_TIMEOUT_MS = 400;

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
type Trouble = 'refused connection' | '429 with Retry-After' | '500 five times' | '400' | 'broken body';

const providers = { email: mail, slack, sms: twilio };
const http = { slack: { provider: slack, answers: slackAnswers }, sms: { provider: twilio, answers: twilioAnswers } };

function fiveTimes<T>(value: T): T[] {
  return Array.from({ length: 5 }, () => value);
}

/** Makes a provider fail; answers how to end that. */
async function afflict(channel: Channel, trouble: Trouble): Promise<() => Promise<unknown>> {
  if (trouble === 'refused connection') {
    await providers[channel].stop();
    return () => providers[channel].start();
  }
  if (channel === 'email') afflictMail(trouble);
  else {
    const { provider, answers } = http[channel];
    if (trouble === '429 with Retry-After') provider.next.push(answers.rateLimited);
    else if (trouble === '500 five times') provider.next.push(...fiveTimes(answers.unavailable));
    else provider.usual = trouble === '400' ? answers.refused : answers.broken;
  }
  return async () => undefined;
}

/** SMTP's words for it: 4xx asks to come again, 5xx does not. */
function afflictMail(trouble: Trouble): void {
  if (trouble === '429 with Retry-After') mail.next.push(451);
  else if (trouble === '500 five times') mail.next.push(...fiveTimes(421));
  else mail.usual = 550;
}

interface Ending {
  readonly status: 'sent' | 'failed';
  readonly attempts: number;
  readonly error?: RegExp;
  readonly mayBeTwice?: boolean;
}

async function expectEnding(of: NotificationRig, channel: Channel, ending: Ending): Promise<void> {
  await of.forget();
  await of.send(notice({ config: { channels: [channel] } }));
  const [row] = (await of.settled()).filter((delivery) => delivery.fallback_for === null);
  expect(row!.error ?? '').toMatch(ending.error ?? /^$/);
  expect(row).toMatchObject({
    channel,
    status: ending.status,
    attempts: ending.attempts,
    possible_duplicate: ending.mayBeTwice ?? false,
  });
}

it.each<[Channel, Trouble, Ending]>([
  [
    'slack',
    'refused connection',
    { status: 'failed', attempts: 6, error: /^Slack cannot be reached \(ECONNREFUSED\)/ },
  ],
  ['slack', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['slack', '500 five times', { status: 'sent', attempts: 6 }],
  ['slack', '400', { status: 'failed', attempts: 1, error: /^Slack answered 400\.$/ }],
  ['slack', 'broken body', { status: 'failed', attempts: 3, error: /cannot be read/, mayBeTwice: true }],
  ['sms', 'refused connection', { status: 'failed', attempts: 6, error: /^Twilio cannot be reached \(ECONNREFUSED\)/ }],
  ['sms', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['sms', '500 five times', { status: 'sent', attempts: 6 }],
  ['sms', '400', { status: 'failed', attempts: 1, error: /^Twilio answered 400 \(21211\)\.$/ }],
  ['sms', 'broken body', { status: 'failed', attempts: 3, error: /cannot be read/, mayBeTwice: true }],
  ['email', 'refused connection', { status: 'failed', attempts: 6, error: /mail server cannot be reached \(ECONNREF/ }],
  ['email', '429 with Retry-After', { status: 'sent', attempts: 2 }],
  ['email', '500 five times', { status: 'sent', attempts: 6 }],
  ['email', '400', { status: 'failed', attempts: 1, error: /^The mail server answered 550\.$/ }],
])('a message by %s ends as documented after %s', async (channel, trouble, ending) => {
  const heal = await afflict(channel, trouble);
  try {
    await expectEnding(rig, channel, ending);
  } finally {
    await heal();
  }
});

it('waits for as long as the provider asks for', async () => {
  twilio.next.push(twilioAnswers.rateLimited);
  const before = rig.clock.now().getTime();
  await rig.send(notice({ config: { channels: ['sms'] } }));
  const [row] = await rig.settled();
  expect(row!.sent_at!.getTime() - before).toBeGreaterThanOrEqual(2_000);
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
    ['slack', /^Slack gave no answer/],
    ['sms', /^Twilio gave no answer/],
    ['email', /^The mail server gave no answer/],
  ])('%s is given up after three attempts, each of which may have arrived', async (channel, error) => {
    slack.usual = twilio.usual = hang;
    mail.usual = 'hang';
    await expectEnding(hasty, channel, { status: 'failed', attempts: 3, error, mayBeTwice: true });
  });

  it('the other channels deliver as fast as ever', async () => {
    await hasty.forget();
    slack.usual = hang;
    const sentAt = Date.now();
    await hasty.send(...Array.from({ length: 40 }, () => notice({ config: { channels: ['slack'] } })), notice());
    await until(() => twilio.received.length > 0, 5_000);
    expect(twilio.received[0]!.at - sentAt).toBeLessThan(2_000);
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
    await expectEnding(unsafe, channel, { status: 'failed', attempts: 1, error });
  });
});
