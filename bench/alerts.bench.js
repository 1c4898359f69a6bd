import { setTimeout as sleep } from 'node:timers/promises';
import { EvaluationTicks } from '../dist/src/alerts/evaluation/evaluation-ticks.service.js';
import { AlertConfigRepository } from '../dist/src/alerts/store/alert-config.repository.js';
import { AlertDatabase } from '../dist/src/alerts/store/alert-database.js';
import { AnalyticsEventCollector } from '../dist/src/collector/index.js';
import { RollUpService } from '../dist/src/rollups/roll-up.service.js';
import { makeRules, NEVER_FIRES } from './support/alert-rules.js';
import { openContext, timed } from './support/context.js';
import { makeEvents } from './support/events.js';
import { median } from './support/machine.js';
import { underIngest } from './support/rules-under-ingest.js';
import { startService } from './support/service.js';
import { countStatements } from './support/statements.js';

const RULES = Number(process.env.BENCH_RULES ?? 10_000);
const FIRING = 50;
const TICKS = Number(process.env.BENCH_TICKS ?? 20);
const EVENTS = Number(process.env.BENCH_EVENTS ?? 50_000);
const EVENTS_AT_ONCE = 5_000;
const ALERTS = Number(process.env.BENCH_ALERTS ?? 50);
const API = '/api/v1/analytics';
const SECOND_MS = 1_000;
const POLL_MS = 10;
const GIVE_UP_MS = 10_000;
/** Requests a second; 0: as many as are taken. */
const INGEST_RATE = Number(process.env.BENCH_INGEST_RATE ?? 2_500);
const INGEST_SECONDS = Number(process.env.BENCH_INGEST_SECONDS ?? 300);
const INGEST_TICK_SECONDS = Number(process.env.BENCH_INGEST_TICK_SECONDS ?? 60);
/** Set: nothing but the rules under ingest. */
const ONLY_INGEST = process.env.BENCH_ONLY_INGEST !== undefined;
const EVERY_SECOND = { ALERT_EVALUATION_INTERVAL_SECONDS: '1' };

/** How long one tick takes with ten thousand rules; how long after its event an alert is there, at a tick each second. */
export async function run() {
  if (!ONLY_INGEST) {
    await ticks();
    await reaction();
  }
  await underIngest({ rate: INGEST_RATE, seconds: INGEST_SECONDS, tickSeconds: INGEST_TICK_SECONDS });
}

async function ticks() {
  const context = await openContext(EVERY_SECOND);
  try {
    await load(context);
    report(`first tick of the process, reads and plans ${RULES} rules`, [await measureTick(context)]);
    await setThresholds(context, 0);
    report(`tick after an edit, ${FIRING} alerts fire`, [await measureTick(context)]);
    const quiet = [];
    for (let count = 0; count < TICKS; count++) quiet.push(await measureTick(context));
    report(`tick with ${FIRING} firing (bar 2,000, aim 500)`, quiet);
    await setThresholds(context, NEVER_FIRES);
    report(`tick after an edit, ${FIRING} alerts resolve`, [await measureTick(context)]);
  } finally {
    await context.close();
  }
}

async function load({ part, sql }) {
  const collector = part(AnalyticsEventCollector);
  for (let first = 0; first < EVENTS; first += EVENTS_AT_ONCE) {
    for (const event of makeEvents(EVENTS_AT_ONCE, first + 1, Date.now())) collector.collect(event);
    await collector.flush();
  }
  await sql('VACUUM ANALYZE analytics_events');
  await part(RollUpService).rollUp();
  const rules = makeRules(RULES, FIRING);
  await part(AlertDatabase).transaction((tx) => part(AlertConfigRepository).insert(tx, rules));
  await sql('VACUUM ANALYZE');
  const [{ events }] = await sql('SELECT count(*)::int AS events FROM analytics_events');
  const metrics = new Set(rules.map(({ metric }) => metric)).size;
  console.log(`loaded ${events} events of the last hour and ${RULES} enabled rules on ${metrics} metrics`);
}

/** Of the rules that have something to fire at. */
async function setThresholds({ sql }, threshold) {
  await sql(`UPDATE alert_configs SET threshold = $1, version = version + 1 WHERE labels ? 'fires'`, [threshold]);
}

/** On the full second, as the schedule has it. */
async function measureTick({ part }) {
  await sleep(SECOND_MS - (Date.now() % SECOND_MS));
  const at = new Date(Math.floor(Date.now() / SECOND_MS) * SECOND_MS);
  const ticked = await timed(() => countStatements(() => part(EvaluationTicks).run(at)));
  return { ms: ticked.ms, statements: ticked.result.count, ...ticked.result.result };
}

function report(what, measured) {
  const of = (name) => median(measured.map((tick) => tick[name]));
  const worst = Math.max(...measured.map(({ ms }) => ms));
  console.log(
    `${what}: median ${of('ms').toFixed(0)} ms, maximum ${worst.toFixed(0)} ms; ${of('reads')} metric reads, ` +
      `${of('statements')} statements, ${of('transitions')} transitions, ${of('failures')} failures`,
  );
}

/** An event is accepted at any moment of a second; its alert is there when `GET /alerts/active` lists it. */
async function reaction() {
  const service = await startService({ APP_ROLE: 'all', RATE_LIMIT_PER_MINUTE: '0', ...EVERY_SECOND });
  try {
    await call(service, '/alerts/configs', {
      name: 'any error',
      metric: 'errors.count',
      condition: 'threshold_above',
      threshold: 0,
      severity: 'critical',
      group_by: 'service',
    });
    const times = [];
    for (let count = 0; count < ALERTS; count++) times.push(await measureAlert(service, `service-${count}`));
    console.log(
      `event accepted → in GET /alerts/active, tick 1 s, ${ALERTS} alerts: median ${median(times).toFixed(0)} ms, ` +
        `maximum ${Math.max(...times).toFixed(0)} ms (bar 1,400 / 2,000)`,
    );
  } finally {
    await service.stop();
  }
}

async function measureAlert(service, name) {
  await sleep(Math.random() * SECOND_MS);
  const event = { event_type: 'error', name: 'Timeout', message: 'The provider does not answer.', service: name };
  await call(service, '/events', { events: [event] });
  const accepted = performance.now();
  while (performance.now() - accepted < GIVE_UP_MS) {
    const { items } = await call(service, '/alerts/active?limit=5');
    if (items.some(({ group }) => group === name)) return performance.now() - accepted;
    await sleep(POLL_MS);
  }
  throw new Error(`The alert of ${name} did not come within ${GIVE_UP_MS} ms.`);
}

async function call({ url, token }, path, body) {
  const response = await fetch(`${url}${API}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
