import { isGsm7, smsParts } from '../../src/notifications/domain/sms-text.js';
import { Providers } from '../notifications/providers.js';
import { until } from '../support/app-process.js';
import { API, startApp, type StartedApp } from '../support/app.js';

const DEADLINE_MS = 30_000;
const LONG_NAME = 'Checkout answers with errors for more than a few customers '
  .repeat(4)
  .slice(0, 199)
  .trim()
  .padEnd(200, '.');

const providers = new Providers();
let app: StartedApp;

async function rule(fields: object): Promise<void> {
  const json = { severity: 'warning', threshold: 0, condition: 'threshold_above', ...fields };
  const { status, body } = await app.request(`${API}/alerts/configs`, { role: 'admin', json });
  expect([status, body.errors]).toEqual([201, undefined]);
}

async function post(...events: object[]): Promise<void> {
  const { status, body } = await app.request(`${API}/events`, { role: 'service', json: { events } });
  expect([status, body.accepted]).toEqual([202, events.length]);
}

/** The mail about a rule, as its recipient reads it: subject and plain text. */
async function mailAbout(name: string): Promise<{ subject: string; text: string; raw: string }> {
  const find = (): string | undefined =>
    providers.mail.received.find(({ raw }) => raw.includes(`Firing: ${name}`))?.raw;
  await until(() => find() !== undefined, DEADLINE_MS);
  const raw = find()!;
  const [part = '', body = ''] = raw
    .slice(raw.indexOf('text/plain'))
    .split('\r\n----')[0]!
    .split(/\r\n\r\n(.*)/s);
  const text = part.includes('quoted-printable') ? decodeQuotedPrintable(body) : body;
  return {
    raw,
    subject: /^Subject: (.*(?:\r\n .*)*)/m.exec(raw)![1]!.replaceAll('\r\n', ''),
    text: text.replaceAll('\r\n', '\n'),
  };
}

function decodeQuotedPrintable(text: string): string {
  const joined = text.replace(/=\r\n/g, '');
  return joined.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

async function alertId(name: string): Promise<string> {
  const { body } = await app.request(`${API}/alerts/active?limit=200`, { role: 'admin' });
  return body.items.find(({ config_name }: { config_name: string }) => config_name === name).id;
}

beforeAll(async () => {
  await providers.start();
  app = await startApp({
    env: providers.environment({
      ALERT_EVALUATION_INTERVAL_SECONDS: '1',
      ALERT_URL_TEMPLATE: 'https://admin.example/alerts/{id}',
      BASE_CURRENCY: 'KWD',
      PUBLIC_URL: 'https://analytics.example',
    }),
  });
}, 120_000);
afterAll(async () => {
  await app.stop();
  await providers.stop();
});

it('tells of a change of the latency as a change, not in milliseconds', async () => {
  const fields = { metric: 'api.latency_p95', filters: { route: '/slower' }, window_seconds: 60 };
  await rule({ name: 'Slower', ...fields, condition: 'rate_of_change', threshold: 1 });
  const request = (duration_ms: number, secondsAgo: number): object => ({
    ...{ event_type: 'api_request', method: 'GET', route: '/slower', status_code: 200, duration_ms },
    occurred_at: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
  });
  await post(...Array.from({ length: 5 }, () => request(100, 90)), ...Array.from({ length: 5 }, () => request(300, 1)));
  const { text } = await mailAbout('Slower');
  // From 100 ms to 300 ms; percentiles are within 1 %.
  expect(text).toMatch(/^Value: {6}\+(19[5-9]|20[0-5])(\.\d)? % \(threshold \+100 %\)$/m);
  expect(text).not.toMatch(/\d ms/);
});

it('tells of money in its currency and in full', async () => {
  const fields = { metric: 'business.gross_sales', window_seconds: 3_600, threshold: 1_234_567.5 };
  await rule({ name: 'Swiss sales', ...fields, filters: { currency: 'CHF' } });
  await rule({ name: 'Sales', ...fields });
  await post(
    ...['CHF', 'KWD'].map((currency) => ({
      ...{ event_type: 'order', order_id: `order-${currency}`, status: 'placed', currency, total: 1_234_567.89 },
    })),
  );
  const swiss = 'CHF 1,234,567.89 (threshold CHF 1,234,567.50)';
  expect((await mailAbout('Swiss sales')).text).toContain(`\nValue:      ${swiss}\n`);
  const base = 'KWD 1,234,567.890 (threshold KWD 1,234,567.500)';
  expect((await mailAbout('Sales')).text).toContain(`\nValue:      ${base}\n`);
  const { body } = await app.request(`${API}/notifications`, { role: 'admin' });
  const link = `https://admin.example/alerts/${await alertId('Swiss sales')}`;
  expect(body.items.map((message: { body: string }) => message.body)).toContain(
    `business.gross_sales where currency = CHF is ${swiss} over 1 h. ${link}`,
  );
});

it('names the group of events without a value', async () => {
  await rule({ name: 'Failures', metric: 'ml.failure_count', filters: { provider: 'c18' }, group_by: 'model' });
  await post({ event_type: 'ml_job', pipeline: '3d', provider: 'c18', status: 'failed', duration_ms: 10 });
  const { subject, text, raw } = await mailAbout('Failures');
  expect(subject).toBe('[WARNING] Firing: Failures (no model)');
  expect(text).toContain('\nValue:      1 job (threshold 0 jobs)\n');
  expect(text).toContain(`\nDetails:    https://admin.example/alerts/${await alertId('Failures')}`);
  expect(raw).not.toMatch(/analytics\.example|\/api\/v1/);
});

it('sends an SMS about a rule with a long plain name in at most three parts of 7-bit characters', async () => {
  await rule({ name: LONG_NAME, metric: 'errors.count', severity: 'critical', channels: ['sms'] });
  await post({ event_type: 'error', name: 'Timeout', message: 'x' });
  await until(() => providers.twilio.received.length > 0, DEADLINE_MS);
  const sms = new URLSearchParams(providers.twilio.received[0]!.body).get('Body')!;
  expect([sms, isGsm7(sms), smsParts(sms) <= 3, sms.length <= 320]).toEqual([sms, true, true, true]);
  expect(sms).toMatch(
    /^CRITICAL Firing: Checkout answers .*\.\.\.\. errors\.count is 1 error \(threshold 0 errors\) https:/,
  );
});
