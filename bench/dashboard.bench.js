import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { median, percentile } from './support/machine.js';
import { cpuMs } from './support/processes.js';
import { startService } from './support/service.js';
import { loadShopDays } from './support/shop-days.js';

const DAYS = 30;
const EVENTS_A_DAY = Number(process.env.BENCH_EVENTS_A_DAY ?? 10_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const CONNECTIONS = 8;
const COLD_READS = 100;
const AT_ONCE = 200;
const DAY_MS = 86_400_000;
const SECTIONS = ['health', 'ml', 'business', 'alerts'];
const BARE = fileURLToPath(new URL('./support/bare-summary.js', import.meta.url));

/**
 * What a cold summary takes, of many who ask at once and of one; then cached ones per second against a bare route that
 * sends the same bytes, by turns. The many come first: what was asked for by its range is computed anew in the background.
 */
export async function run() {
  const service = await startService({ RATE_LIMIT_PER_MINUTE: '0' });
  const headers = { authorization: `Bearer ${service.token}` };
  const summary = { url: `${service.url}/api/v1/analytics/dashboard/summary`, headers, pid: service.pid };
  try {
    await loadShopDays(service, { days: DAYS, eventsADay: EVENTS_A_DAY });
    await allAtOnce(summary, `${service.url}/metrics`);
    await coldReads(summary);
    await compareWithBareRoute({ ...summary, url: `${summary.url}?range=30d` });
  } finally {
    await service.stop();
  }
}

async function compareWithBareRoute(summary) {
  const body = await (await fetch(summary.url, { headers: summary.headers })).text();
  const child = fork(BARE);
  try {
    child.send(body);
    const bareUrl = await new Promise((resolve) => child.once('message', resolve));
    const bare = { url: `${bareUrl}/summary`, headers: {}, pid: child.pid };
    await load(bare);
    await load(summary);
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) rounds.push(await compare(round, bare, summary));
    console.log(
      `cached, 30 days: p99 ${median(rounds.map(({ p99 }) => p99))} ms at ${CONNECTIONS} connections\n` +
        `ratio ${median(rounds.map(({ ratio }) => ratio)).toFixed(2)} of ${Buffer.byteLength(body)} bytes   (bar 0.3, aim 0.6)\n`,
    );
  } finally {
    child.kill();
  }
}

/** The processor time that each takes for a request tells also where others keep the machine busy. */
async function compare(round, bareRoute, summary) {
  const bare = await load(bareRoute);
  const ours = await load(summary);
  const ratio = ours.perSecond / bare.perSecond;
  console.log(
    `round ${round}  bare ${bare.perSecond.toFixed(0)}/s, ${bare.cpuUs.toFixed(0)} µs of CPU   ` +
      `cached ${ours.perSecond.toFixed(0)}/s, ${ours.cpuUs.toFixed(0)} µs of CPU, p99 ${ours.p99} ms   ratio ${ratio.toFixed(2)}`,
  );
  return { ratio, p99: ours.p99 };
}

async function load({ url, headers, pid }) {
  const cpuBefore = cpuMs(pid);
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url} refused ${result.non2xx}, lost ${result.errors}.`);
  return {
    perSecond: result.requests.average,
    p99: result.latency.p99,
    cpuUs: ((cpuMs(pid) - cpuBefore) * 1_000) / result.requests.total,
  };
}

/** Every range has an end of its own, so none is cached. */
const coldQuery = (index) => {
  const to = Date.now() - index * 1_000;
  return `?from=${new Date(to - DAYS * DAY_MS).toISOString()}&to=${new Date(to).toISOString()}`;
};

async function coldReads({ url, headers }) {
  const times = [];
  for (let index = 1; index <= COLD_READS; index++) {
    const startedAt = performance.now();
    await (await fetch(url + coldQuery(index), { headers })).text();
    times.push(performance.now() - startedAt);
  }
  console.log(
    `cold, 30 days: median ${median(times).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms (bar 1,000 ms)\n`,
  );
}

async function allAtOnce({ url, headers }, metricsUrl) {
  const cold = url + coldQuery(0);
  const before = await computations(metricsUrl);
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => (await fetch(cold, { headers })).json()),
  );
  const ms = performance.now() - startedAt;
  console.log(`${AT_ONCE} cold requests at once: ${ms.toFixed(0)} ms until the last answer`);
  const after = await computations(metricsUrl);
  for (const section of SECTIONS) {
    const missing = answers.filter(({ meta }) => meta.sections[section].status !== 'ok').length;
    console.log(`  ${section}: ${after[section] - before[section]} computation(s), missing in ${missing} answers`);
  }
  console.log('');
}

/** How often the service has computed each section so far, failures included. */
async function computations(metricsUrl) {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n');
  const count = (section) =>
    lines
      .filter((line) => line.startsWith(`dashboard_section_duration_seconds_count{section="${section}"`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  return Object.fromEntries(SECTIONS.map((section) => [section, count(section)]));
}
