import { request, Agent } from 'node:http';
import pg from 'pg';
import { freshBatches } from './support/fresh-batches.js';
import { median, percentile } from './support/machine.js';
import { residentMiB } from './support/processes.js';
import { startService } from './support/service.js';
import { insertRequests, markRequests } from './support/context.js';

const MINUTES = Number(process.env.BENCH_MINUTES ?? 10);
const CONNECTIONS = 8;
const EVENTS_PER_BATCH = 500;
const DAYS_BEFORE = 30;
const EVENTS_A_DAY_BEFORE = 20_000;
const DAY_MS = 86_400_000;
const WATCH_MS = 5_000;
const API = '/api/v1/analytics';

/**
 * Events as fast as they are taken, for ten minutes, into a service that rolls up in the same process and has thirty days
 * of rollups: how far the rollups fall behind, what memory does, and whether the figures are right in the end.
 */
export async function run() {
  const service = await startService({ APP_ROLE: 'all', RATE_LIMIT_PER_MINUTE: '0' });
  const database = new pg.Client({ connectionString: service.databaseUrl });
  await database.connect();
  const sql = async (text, parameters) => (await database.query(text, parameters)).rows;
  try {
    await loadEarlierDays(sql);
    await caughtUp(sql);
    const watch = watchService(service, sql);
    const load = await sendFor(MINUTES * 60_000, service);
    report({ ...load, pausedSeconds: await pausedSeconds(service) }, await watch.stop());
    const waited = await caughtUp(sql);
    console.log(`rolled up ${waited.toFixed(0)} s after the last event`);
    await compareFigures(service, sql);
  } finally {
    await database.end();
    await service.stop();
  }
}

async function loadEarlierDays(sql) {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let day = DAYS_BEFORE; day >= 1; day--) {
    const from = new Date(today - day * DAY_MS);
    const until = new Date(from.getTime() + DAY_MS);
    const name = `analytics_events_p${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
    const [{ exists }] = await sql('SELECT to_regclass($1) IS NOT NULL AS exists', [name]);
    if (!exists)
      await sql(
        `CREATE TABLE ${name} PARTITION OF analytics_events FOR VALUES FROM ('${from.toISOString()}') TO ('${until.toISOString()}')`,
      );
    await insertRequests(sql, { count: EVENTS_A_DAY_BEFORE, from, seconds: 86_400 });
  }
  await markRequests(sql);
}

/** Waits until every bucket that is over is rolled up. @returns the seconds that took */
async function caughtUp(sql) {
  const started = Date.now();
  while ((await lagSeconds(sql)) > 0) await new Promise((resolve) => setTimeout(resolve, 500));
  return (Date.now() - started) / 1_000;
}

/** For how long the oldest mark of a minute or hour has been waiting since that is over. */
async function lagSeconds(sql) {
  const [{ lag }] = await sql(
    `SELECT coalesce(max(extract(epoch FROM now() - greatest(ends, created_at))), 0)::float8 AS lag
       FROM (SELECT created_at, bucket_start + CASE level WHEN 'minute' THEN interval '1 minute' ELSE interval '1 hour' END AS ends
               FROM rollup_invalidations WHERE level IN ('minute', 'hourly')) pending
      WHERE ends < now()`,
  );
  return lag;
}

function watchService(service, sql) {
  const samples = [];
  let watching = true;
  const watched = (async () => {
    while (watching) {
      samples.push({ residentMiB: residentMiB(service.pid), lagSeconds: await lagSeconds(sql) });
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    }
  })();
  return {
    async stop() {
      watching = false;
      await watched;
      return samples;
    },
  };
}

async function sendFor(ms, service) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const nextBody = freshBatches(EVENTS_PER_BATCH);
  const until = performance.now() + ms;
  const latenciesMs = [];
  let refused = 0;
  const connection = async () => {
    while (performance.now() < until) {
      const sent = performance.now();
      const { status, retryAfterSeconds } = await post(service, agent, nextBody());
      latenciesMs.push(performance.now() - sent);
      if (status === 202) continue;
      if (status !== 429 && status !== 503) throw new Error(`Answered ${status}.`);
      refused++;
      await new Promise((resolve) => setTimeout(resolve, retryAfterSeconds * 1_000));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, latenciesMs, refused, accepted: (latenciesMs.length - refused) * EVENTS_PER_BATCH };
}

function post({ url, token }, agent, body) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}${API}/events`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        resolve({ status: answer.statusCode, retryAfterSeconds: Number(answer.headers['retry-after'] ?? 1) }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** For how long commits were held back because of the lag, summed over the connections. */
async function pausedSeconds({ url }) {
  const exposition = await (await fetch(`${url}/metrics`)).text();
  return Number(/^collector_paused_seconds_total (\S+)$/m.exec(exposition)[1]);
}

function report({ seconds, latenciesMs, refused, accepted, pausedSeconds }, samples) {
  const resident = samples.map((sample) => sample.residentMiB);
  const half = Math.floor(resident.length / 2);
  const lags = samples.map((sample) => sample.lagSeconds);
  console.log(`
${accepted.toLocaleString('en-US')} events in ${seconds.toFixed(0)} s      ${Math.round(accepted / seconds).toLocaleString('en-US')} events/s, ${refused} batches put off
latency of a batch              p50 ${percentile(latenciesMs, 0.5).toFixed(0)} ms, p99 ${percentile(latenciesMs, 0.99).toFixed(0)} ms
rollup lag                      ${Math.max(...lags).toFixed(0)} s at most, median ${median(lags).toFixed(0)} s   (bar 120); commits held back ${pausedSeconds.toFixed(0)} s
resident set of the service     median ${median(resident.slice(0, half)).toFixed(0)} MiB in the first half, ${median(resident.slice(half)).toFixed(0)} in the second, ${Math.max(...resident).toFixed(0)} at most   (bar 350, aim 200)`);
}

/** Jobs, as the service answers them for the day, against the rows that are stored. */
async function compareFigures({ url, token }, sql) {
  const to = new Date();
  const from = new Date(to.getTime() - 3_600_000);
  const path = `${API}/ml/overview?from=${from.toISOString()}&to=${to.toISOString()}`;
  const answer = await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const [stored] = await sql(
    `SELECT count(*)::int AS jobs, sum(cost_usd)::float8 AS cost FROM analytics_events
      WHERE event_type = 'ml_job' AND occurred_at >= $1 AND occurred_at < $2`,
    [answer.meta.from, answer.meta.to],
  );
  const same = stored.jobs === answer.jobs && Math.abs(stored.cost - answer.cost_usd.reported) < 0.000001 * stored.cost;
  console.log(
    `${answer.jobs.toLocaleString('en-US')} jobs answered (${answer.meta.source}), ${stored.jobs.toLocaleString('en-US')} stored: ${same ? 'equal, and so is their cost' : 'DIFFERENT'}`,
  );
  if (!same) process.exitCode = 1;
}
