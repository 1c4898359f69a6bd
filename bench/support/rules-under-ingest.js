import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { percentile } from './machine.js';
import { startService } from './service.js';

const API = '/api/v1/analytics';
const CONNECTIONS = 8;
const EVENTS_PER_BATCH = 500;
const POLL_MS = 20;
const SECOND_MS = 1_000;
const RULES = [
  { name: 'requests', metric: 'api.request_count', threshold: 1, window_seconds: 300 },
  { name: 'errors', metric: 'api.error_rate', threshold: 0.05, window_seconds: 60 },
];

/**
 * Two rules that are true from the first requests on, while requests come at a rate: whether they fire at the first tick
 * after that, and have a value at every tick.
 */
export async function underIngest({ rate, seconds, tickSeconds }) {
  const service = await startService({
    APP_ROLE: 'all',
    RATE_LIMIT_PER_MINUTE: '0',
    ALERT_EVALUATION_INTERVAL_SECONDS: String(tickSeconds),
  });
  const database = new pg.Client({ connectionString: service.databaseUrl });
  await database.connect();
  try {
    for (const rule of RULES) await createRule(service, rule);
    const load = { until: Date.now() + seconds * SECOND_MS, sent: 0, refused: 0, firstAt: undefined };
    const watched = watchTicks(database, load);
    await sendAtRate(service, rate, load);
    report({ rate, seconds, tickSeconds, load, ticks: await watched, fired: await firedAt(database) });
  } finally {
    await database.end();
    await service.stop();
  }
}

function createRule(service, rule) {
  return post(service, '/alerts/configs', { ...rule, condition: 'threshold_above', severity: 'critical' });
}

/** Bodies with between 8 and 12 % of errors, at the time at which they are received. */
function bodies() {
  return Array.from({ length: 20 }, (_, body) =>
    JSON.stringify({
      events: Array.from({ length: EVENTS_PER_BATCH }, (_, index) => ({
        event_type: 'api_request',
        method: ['GET', 'POST'][index % 2],
        route: `/api/v1/resource${index % 40}/:id`,
        status_code: index % 100 < 8 + (body % 5) ? 503 : 200,
        duration_ms: 5 + (index % 300),
      })),
    }),
  );
}

async function sendAtRate(service, rate, load) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const some = bodies();
  const started = performance.now();
  let batches = 0;
  const connection = async () => {
    while (Date.now() < load.until) {
      const batch = batches++;
      const dueMs = rate > 0 ? (batch * EVENTS_PER_BATCH * SECOND_MS) / rate : 0;
      const waitMs = dueMs - (performance.now() - started);
      if (waitMs > 0) await sleep(waitMs);
      const status = await send(service, agent, some[batch % some.length]);
      if (status === 202) {
        load.firstAt ??= Date.now();
        load.sent += EVENTS_PER_BATCH;
      } else {
        load.refused += 1;
        await sleep(SECOND_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
}

function send({ url, token }, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}${API}/events`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What each tick left behind, until the load ends. */
async function watchTicks(database, load) {
  const ticks = [];
  let last = 0;
  while (Date.now() < load.until) {
    const { rows } = await database.query(TICK);
    const [{ tick, failures, values, partial }] = rows;
    if (tick.getTime() > last && Number.isFinite(tick.getTime())) {
      // Those before the first request have nothing to tell.
      if (load.firstAt !== undefined && tick.getTime() >= load.firstAt) {
        ticks.push({ at: tick.getTime(), lateMs: Date.now() - tick.getTime(), failures, values, partial });
      }
      last = tick.getTime();
    }
    await sleep(POLL_MS);
  }
  return ticks;
}

const TICK = `SELECT CASE WHEN isfinite(last_tick) THEN last_tick ELSE to_timestamp(0) END AS tick,
    (SELECT count(*)::int FROM alert_evaluation_notes WHERE array_to_string(warnings, ' ') ~ 'failed') AS failures,
    (SELECT count(*)::int FROM alert_states WHERE value IS NOT NULL) AS values,
    (SELECT count(*)::int FROM alert_states WHERE partial) AS partial
  FROM alert_engine`;

async function firedAt(database) {
  const { rows } = await database.query('SELECT config_name, min(triggered_at) AS at FROM alert_history GROUP BY 1');
  return new Map(rows.map(({ config_name, at }) => [config_name, at.getTime()]));
}

function report({ rate, seconds, tickSeconds, load, ticks, fired }) {
  const tickMs = tickSeconds * SECOND_MS;
  const firstTick = Math.ceil(load.firstAt / tickMs) * tickMs;
  const due = Math.max(0, Math.floor((load.until - firstTick) / tickMs) + 1);
  const valued = ticks.filter(({ failures, values }) => failures === 0 && values === RULES.length).length;
  const partial = ticks.filter((tick) => tick.partial > 0).length;
  const delays = RULES.map(({ name }) => {
    const at = fired.get(name);
    return `${name} ${at === undefined ? 'never' : `${Math.max(0, Math.round((at - firstTick) / tickMs))} ticks`}`;
  });
  const late = ticks.map(({ lateMs }) => lateMs);
  console.log(
    `rules under ingest, ${rate > 0 ? `${rate} requests/s` : 'as fast as it goes'} for ${seconds} s, tick ${tickSeconds} s: ` +
      `${Math.round(load.sent / seconds)} events/s taken, ${load.refused} batches refused; ${due} ticks due, ${ticks.length} took effect, ` +
      `${valued} with a value of every rule, ${partial} partial; fired after the first tick since true: ${delays.join(', ')}; ` +
      `effect after its tick: median ${Math.round(percentile(late, 0.5) ?? 0)} ms, maximum ${Math.round(Math.max(0, ...late))} ms`,
  );
}

async function post({ url, token }, path, body) {
  const response = await fetch(`${url}${API}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
