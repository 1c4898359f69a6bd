import { makeEvents } from './support/events.js';
import { openContext, timed } from './support/context.js';
import { getRequest, postRequest, sendAll } from './support/load.js';
import { percentile } from './support/machine.js';
import { cpuMs, cpuMsByChild, cpuMsSince } from './support/processes.js';
import { startService } from './support/service.js';
import { RollUpService } from '../dist/src/rollups/roll-up.service.js';

const DAYS = Number(process.env.BENCH_DAYS ?? 90);
const EVENTS_A_DAY = Number(process.env.BENCH_EVENTS_A_DAY ?? 20_000);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 200);
const PRODUCTS = 500;
const EVENTS_PER_BATCH = 500;
const CONNECTIONS = 8;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const API = '/api/v1/analytics';
/** Milliseconds that the 99th of a hundred answers may take, by range; what takes no range is held to the shortest. */
const BARS = { '24h': 50, '30d': 100 };

/** Every read of the API over a shop's last days: how long answers take at several connections, by route and range. */
export async function run() {
  const service = await startService({ RATE_LIMIT_PER_MINUTE: '0' });
  try {
    await load(service);
    await rollUp(service);
    const misses = await measureAll(service);
    console.log(misses.length === 0 ? '\nEvery read is within its bar.' : `\nBeyond its bar: ${misses.join(', ')}.`);
  } finally {
    await service.stop();
  }
}

/** Through the way in that any client uses, so that marks, labels and partitions are those of real traffic. */
async function load({ url, token }) {
  const now = Date.now();
  const { ms } = await timed(async () => {
    for (let day = DAYS; day >= 1; day--) {
      const requests = eventsOfDay(day, now).map((events) =>
        postRequest({ host: new URL(url).host, path: `${API}/events`, token, body: JSON.stringify({ events }) }),
      );
      await sendAll(requests, { url, connections: CONNECTIONS, status: 202 });
    }
  });
  console.log(`loaded ${DAYS} days × ${EVENTS_A_DAY} events in ${(ms / 1_000).toFixed(1)} s`);
}

/** In batches: stock of every product first, then traffic of every hour. `day` 1 is the last 24 hours. */
function eventsOfDay(day, now) {
  const end = now - (day - 1) * HOURS * HOUR_MS;
  const stock = Math.min(PRODUCTS, EVENTS_A_DAY);
  const anHour = Math.ceil((EVENTS_A_DAY - stock) / HOURS);
  const traffic = Array.from({ length: HOURS }, (_, hour) =>
    makeEvents(anHour, day * HOURS + hour, end - hour * HOUR_MS),
  );
  const events = [...stockReports(stock, end - HOURS * HOUR_MS), ...traffic.flat()].slice(0, EVENTS_A_DAY);
  const batches = [];
  for (let at = 0; at < events.length; at += EVENTS_PER_BATCH) batches.push(events.slice(at, at + EVENTS_PER_BATCH));
  return batches;
}

function stockReports(count, at) {
  const occurredAt = new Date(at).toISOString();
  return Array.from({ length: count }, (_, product) => ({
    event_type: 'inventory',
    occurred_at: occurredAt,
    product_id: `p${product}`,
    quantity: (product * 7) % 90,
  }));
}

async function rollUp({ databaseUrl }) {
  const context = await openContext({ DATABASE_URL: databaseUrl });
  try {
    const { result, ms } = await timed(() => context.part(RollUpService).rollUp());
    await context.sql('VACUUM ANALYZE');
    console.log(`rolled up ${result.buckets} buckets in ${(ms / 1_000).toFixed(1)} s\n`);
  } finally {
    await context.close();
  }
}

/** @returns the reads that took longer than they may */
async function measureAll(service) {
  console.log(row(['route', 'range', 'p50 ms', 'p99 ms', 'bar ms', 'service', 'database', '']));
  console.log(row(['', '', '', '', '', 'CPU ms', 'CPU ms', '']));
  const misses = [];
  for (const { path, range } of await readsOf(service)) {
    const target = range ? `${path}?range=${range}` : path;
    const { p50, p99, ...cpu } = await measure(service, target);
    const bar = BARS[range ?? '24h'];
    if (p99 >= bar) misses.push(target.slice(API.length));
    const figures = [p50, p99, bar, cpu.service, cpu.database].map((ms) => ms.toFixed(1));
    console.log(row([path.slice(API.length), range ?? '-', ...figures, p99 < bar ? '' : 'beyond']));
  }
  return misses;
}

/** What the service says that can be read without naming one object, for each range where it takes one. */
async function readsOf({ url }) {
  const document = await (await fetch(`${url}/docs-json`)).json();
  return Object.entries(document.paths)
    .filter(([path, { get }]) => get && path.startsWith(API) && !path.includes('{'))
    .flatMap(([path, { get }]) => {
      const takesRange = get.parameters?.some(({ name }) => name === 'range');
      return takesRange ? Object.keys(BARS).map((range) => ({ path, range })) : [{ path }];
    });
}

/** Processor time is per answer; it says more than latency where other work takes its turns on the machine. */
async function measure({ url, token, pid, databasePid }, target) {
  const request = getRequest({ host: new URL(url).host, path: target, token });
  const send = (count) => sendAll(Array(count).fill(request), { url, connections: CONNECTIONS, status: 200 });
  await send(CONNECTIONS); // the first answers are not what a running service gives
  const before = { service: cpuMs(pid), database: cpuMsByChild(databasePid) };
  const { latenciesMs } = await send(REQUESTS);
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    service: (cpuMs(pid) - before.service) / REQUESTS,
    database: cpuMsSince(before.database, databasePid) / REQUESTS,
  };
}

function row([route, ...rest]) {
  return `${route.padEnd(30)}${rest.map((text) => text.padStart(9)).join('')}`;
}
