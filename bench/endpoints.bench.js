import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timed } from './support/context.js';
import { getRequest, sendAll } from './support/load.js';
import { percentile } from './support/machine.js';
import { cpuMs, cpuMsByChild, cpuMsSince } from './support/processes.js';
import { startService } from './support/service.js';
import { rollUpAll, sendBatches, shopDays, shopTraffic } from './support/shop-days.js';

const DAYS = Number(process.env.BENCH_DAYS ?? 90);
const EVENTS_A_DAY = Number(process.env.BENCH_EVENTS_A_DAY ?? 20_000);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 200);
/** A folder to keep the loaded database in: another run on it adds what happened since, and asks within a minute. */
const KEPT_DIR = process.env.BENCH_DATA_DIR;
const LOADED = 'bench-loaded.json';
/** Parts of routes, comma-separated: only these are asked. */
const ROUTES = (process.env.BENCH_ROUTES ?? '').split(',').filter(Boolean);
const CONNECTIONS = 8;
const WARM_UP = 24;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const API = '/api/v1/analytics';
/** Milliseconds that the 99th of a hundred answers may take, by range; what takes no range is held to the shortest. */
const BARS = { '24h': 50, '30d': 100 };
const RANGE_MS = { '24h': HOURS * HOUR_MS, '30d': 30 * HOURS * HOUR_MS };
const APART_MS = 7_000;
const RAW_TAIL_MS = 60_000;

/** Every read of the API over a shop's last days: how long answers take at several connections, by route and range. */
export async function run() {
  const service = await startService({ RATE_LIMIT_PER_MINUTE: '0' }, KEPT_DIR);
  try {
    await loadAll(service);
    const misses = await measureAll(service);
    console.log(misses.length === 0 ? '\nEvery read is within its bar.' : `\nBeyond its bar: ${misses.join(', ')}.`);
  } finally {
    await service.stop();
  }
}

/** What there is to read. The last minutes are sent after the roll-up, so that reads have a raw tail as in service. */
async function loadAll(service) {
  const now = Date.now();
  const rolledUpTo = now - RAW_TAIL_MS;
  const known = loadedBefore();
  const batches = known
    ? shopTraffic({ since: known.until, until: rolledUpTo, eventsADay: EVENTS_A_DAY })
    : shopDays({ days: DAYS, eventsADay: EVENTS_A_DAY, until: rolledUpTo });
  const { ms, result } = await timed(() => sendBatches(service, batches));
  console.log(`loaded ${result} events${known ? '' : ` of ${DAYS} days`} in ${(ms / 1_000).toFixed(1)} s`);
  await rollUpAll(service);
  await sendBatches(service, shopTraffic({ since: rolledUpTo, until: now, eventsADay: EVENTS_A_DAY }));
  if (KEPT_DIR)
    writeFileSync(join(KEPT_DIR, LOADED), JSON.stringify({ days: DAYS, eventsADay: EVENTS_A_DAY, until: now }));
}

/** Until when an earlier run has loaded the folder that is kept. */
function loadedBefore() {
  if (!KEPT_DIR || !existsSync(join(KEPT_DIR, LOADED))) return undefined;
  const known = JSON.parse(readFileSync(join(KEPT_DIR, LOADED), 'utf8'));
  if (known.days === DAYS && known.eventsADay === EVENTS_A_DAY) return known;
  throw new Error(
    `${KEPT_DIR} holds ${known.days} days × ${known.eventsADay} events; ask for as many, or name another.`,
  );
}

/**
 * Each read twice: as a page asks, by the name of the range, whose answer is shared by those who ask at the same moment;
 * and by as many different ranges as there are requests.
 * @returns the reads that took longer than they may
 */
async function measureAll(service) {
  console.log(row(['', '', '', 'by name', '', 'CPU ms', '', 'different', '', 'CPU ms', '', '']));
  const figures = ['p50 ms', 'p99 ms', 'service', 'database'];
  console.log(row(['route', 'range', 'bar ms', ...figures, ...figures, '']));
  const misses = [];
  for (const { path, range, hasEnds } of await readsOf(service)) {
    const bar = BARS[range ?? '24h'];
    const named = await measure(service, Array(REQUESTS).fill(range ? `${path}?range=${range}` : path));
    const own = hasEnds ? await measure(service, differing(path, range)) : undefined;
    const late = [...(named.p99 < bar ? [] : ['by name']), ...(own && own.p99 >= bar ? ['different'] : [])].join(', ');
    if (late) misses.push(`${path.slice(API.length)}${range ? ` ${range}` : ''} (${late})`);
    const shown = [bar, ...textOf(named), ...textOf(own)].map(String);
    console.log(row([path.slice(API.length), range ?? '-', ...shown, late]));
  }
  return misses;
}

function textOf(measured) {
  const { p50, p99, service, database } = measured ?? {};
  return [p50, p99, service, database].map((ms) => ms?.toFixed(1) ?? '-');
}

/** Ranges that end now and begin a few seconds apart: none has its edges, or its answer, in common with another. */
function differing(path, range) {
  const now = Date.now();
  return Array.from({ length: REQUESTS }, (_, index) => {
    const from = new Date(now - RANGE_MS[range] + index * APART_MS);
    return `${path}?from=${from.toISOString()}&to=${new Date(now).toISOString()}`;
  });
}

/** What the service says that can be read without naming one object, for each range where it takes one. */
async function readsOf({ url }) {
  const document = await (await fetch(`${url}/docs-json`)).json();
  return Object.entries(document.paths)
    .filter(([path, { get }]) => get && path.startsWith(API) && !path.includes('{'))
    .filter(([path]) => ROUTES.length === 0 || ROUTES.some((part) => path.slice(API.length).includes(part)))
    .flatMap(([path, { get }]) => {
      const takes = (parameter) => get.parameters?.some(({ name }) => name === parameter) ?? false;
      return takes('range') ? Object.keys(BARS).map((range) => ({ path, range, hasEnds: takes('from') })) : [{ path }];
    });
}

/** Processor time is per answer; it says more than latency where other work takes its turns on the machine. */
async function measure({ url, token, pid, databasePid }, targets) {
  const { host } = new URL(url);
  const requests = targets.map((path) => getRequest({ host, path, token }));
  const ask = (some, connections) => sendAll(some, { url, connections, status: 200 });
  // The first answers are not what a running service gives. One after the other, so that none is shared.
  await ask(requests.slice(0, WARM_UP), 1);
  const before = { service: cpuMs(pid), database: cpuMsByChild(databasePid) };
  const { latenciesMs } = await ask(requests, CONNECTIONS);
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    service: (cpuMs(pid) - before.service) / requests.length,
    database: cpuMsSince(before.database, databasePid) / requests.length,
  };
}

function row([route, ...rest]) {
  return `${route.padEnd(28)}${rest.map((text) => text.padStart(9)).join('')}`;
}
