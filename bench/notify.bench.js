import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median } from './support/machine.js';
import { startService } from './support/service.js';
import { startSmsSink } from './support/sms-sink.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 50);
const ALERTS = Number(process.env.BENCH_ALERTS ?? 1_000);
const RECIPIENTS = Number(process.env.BENCH_RECIPIENTS ?? 200);
const PROVIDER_MS = 20;
const TIMEOUT_MS = 180_000;
const POLL_MS = 5;

/** From an event that is accepted, and from a thousand alerts at once, to the SMS that the provider is handed. */
export async function run() {
  const sms = await startSmsSink(PROVIDER_MS);
  const service = await startService({
    ...sms.environment,
    APP_ROLE: 'all',
    ALERT_EVALUATION_INTERVAL_SECONDS: '1',
    RATE_LIMIT_PER_MINUTE: '0',
  });
  const api = callerOf(service);
  try {
    await measureOne(api, sms);
    await measureStorm(api, sms, service.databaseUrl);
  } finally {
    await service.stop();
    await sms.stop();
  }
}

/** One rule, one person and one event for each round, at any moment of the tick. */
async function measureOne(api, sms) {
  for (let round = 0; round < ROUNDS; round++) {
    await api('PUT', `/notifications/preferences/users/one-${round}`, { phone: phone(round) });
    const recipients = { users: [`one-${round}`], teams: [] };
    const filters = { service: `one-${round}` };
    await api('POST', '/alerts/configs', rule(`One ${round}`, { filters, recipients }));
  }
  const tookMs = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(1_000 + Math.random() * 1_000);
    await api('POST', '/events', { events: [failure(`one-${round}`)] });
    const acceptedAt = Date.now();
    tookMs.push((await handed(sms, phone(round))).at - acceptedAt);
  }
  console.log(
    `event accepted → SMS handed over, 1 s tick, ${ROUNDS} rounds: median ${seconds(median(tookMs))}, ` +
      `maximum ${seconds(Math.max(...tookMs))} (bar 1.40 and 2.00 s, aim 0.80 and 1.50 s)`,
  );
}

async function measureStorm(api, sms, databaseUrl) {
  const before = sms.received.length;
  for (let n = 0; n < RECIPIENTS; n++) {
    const preferences = { phone: phone(1_000 + n), channels: { critical: ['sms'] } };
    await api('PUT', `/notifications/preferences/users/storm-${n}`, preferences);
  }
  const users = Array.from({ length: RECIPIENTS }, (_, n) => `storm-${n}`);
  const recipients = { users, teams: [] };
  await api(
    'POST',
    '/alerts/configs',
    rule('Storm', { filters: { name: 'Storm' }, group_by: 'service', recipients, channels: ['sms'] }),
  );
  const services = Array.from({ length: ALERTS }, (_, n) => `storm-${n}`);
  await api('POST', '/events', { events: services.map((one) => failure(one, 'Storm')) });
  const acceptedAt = Date.now();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const counts = await settled(client);
  await client.end();
  const messages = sms.received.slice(before);
  const told = messages.reduce((sum, { text }) => sum + Number(/(\d+) alerts in one message/.exec(text)?.[1] ?? 1), 0);
  const last = Math.max(...messages.map(({ at }) => at));
  const detected = counts.detected_at.getTime();
  console.log(
    `${ALERTS} critical alerts at once to ${RECIPIENTS} people, ${PROVIDER_MS} ms a call: ${messages.length} SMS that tell of ` +
      `${told} notices of ${ALERTS * RECIPIENTS}; last ${seconds(last - detected)} after detection, ` +
      `${seconds(last - acceptedAt)} after the events were accepted (bar 30 s); ${JSON.stringify(counts.statuses)}`,
  );
}

/** Waits until nothing is pending, and counts what became of the notices. */
async function settled(client) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    await nothingPending(client, deadline);
    const { rows } = await client.query(
      `SELECT delivery.status, count(*)::int AS count, max(notice.detected_at) AS detected_at
         FROM notification_deliveries delivery JOIN notification_notices notice ON notice.id = delivery.notice_id
        WHERE delivery.channel = 'sms' AND notice.content -> 'config' ->> 'name' = 'Storm' GROUP BY 1`,
    );
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    if (total >= ALERTS * RECIPIENTS && rows.every(({ status }) => status !== 'pending')) {
      const statuses = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
      return { statuses, detected_at: rows[0].detected_at };
    }
    if (Date.now() > deadline) throw new Error(`Not settled: ${JSON.stringify(rows)}`);
    await sleep(500);
  }
}

/** A look that costs next to nothing: counting 200,000 rows twice a second would take its share of what is measured. */
async function nothingPending(client, deadline) {
  const query = `SELECT 1 FROM notification_deliveries WHERE status = 'pending' AND channel = 'sms' LIMIT 1`;
  while ((await client.query(query)).rowCount > 0 && Date.now() < deadline) await sleep(500);
}

async function handed(sms, to) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const found = sms.received.find((message) => message.to === to);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${to} got no SMS.`);
    await sleep(POLL_MS);
  }
}

function rule(name, others) {
  const condition = { condition: 'threshold_above', threshold: 0, window_seconds: 60 };
  return { name, metric: 'errors.count', severity: 'critical', ...condition, ...others };
}

function failure(service, name = 'Timeout') {
  return { event_type: 'error', name, message: 'It took too long.', service };
}

function phone(n) {
  return `+1415555${String(n).padStart(4, '0')}`;
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function callerOf({ url, token }) {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1/analytics${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
}
