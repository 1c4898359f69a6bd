import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { median, percentile } from './support/machine.js';
import { startService } from './support/service.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const CONNECTIONS = 8;
const COLD_READS = 50;
const AT_ONCE = 200;
const DAY_MS = 86_400_000;
const BARE = fileURLToPath(new URL('./support/bare-summary.js', import.meta.url));

/** Cached summaries per second against a bare route that sends the same bytes, by turns; then what a cold one takes. */
export async function run() {
  const service = await startService({ RATE_LIMIT_PER_MINUTE: '0' });
  const headers = { authorization: `Bearer ${service.token}` };
  const url = `${service.url}/api/v1/analytics/dashboard/summary`;
  try {
    await compareWithBareRoute(url, headers);
    await coldReads(url, headers);
    await allAtOnce(url, headers);
  } finally {
    await service.stop();
  }
}

async function compareWithBareRoute(url, headers) {
  const body = await (await fetch(url, { headers })).text();
  const child = fork(BARE);
  try {
    child.send(body);
    const bareUrl = await new Promise((resolve) => child.once('message', resolve));
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const bare = await load(`${bareUrl}/summary`, {});
      const ours = await load(url, headers);
      rounds.push(ours.requests.average / bare.requests.average);
      console.log(
        `round ${round}  bare ${bare.requests.average.toFixed(0)}/s   cached ${ours.requests.average.toFixed(0)}/s, p99 ${ours.latency.p99} ms   ratio ${rounds.at(-1).toFixed(2)}`,
      );
    }
    console.log(`ratio ${median(rounds).toFixed(2)} of ${Buffer.byteLength(body)} bytes   (bar 0.3, aim 0.6)\n`);
  } finally {
    child.kill();
  }
}

async function load(url, headers) {
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url} refused ${result.non2xx}, lost ${result.errors}.`);
  return result;
}

/** Every range has an end of its own, so none is cached. */
const coldQuery = (index) => {
  const to = Date.now() - index * 1_000;
  return `?from=${new Date(to - 30 * DAY_MS).toISOString()}&to=${new Date(to).toISOString()}`;
};

async function coldReads(url, headers) {
  const times = [];
  for (let index = 1; index <= COLD_READS; index++) {
    const startedAt = performance.now();
    await (await fetch(url + coldQuery(index), { headers })).text();
    times.push(performance.now() - startedAt);
  }
  console.log(
    `cold, 30 days: median ${median(times).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms (bar 1,000 ms)`,
  );
}

async function allAtOnce(url, headers) {
  const cold = url + coldQuery(COLD_READS + 1);
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => (await fetch(cold, { headers })).json()),
  );
  for (const section of ['health', 'ml', 'business']) {
    const computed = new Set(answers.map(({ meta }) => meta.sections[section].generated_at));
    console.log(`${AT_ONCE} cold requests at once, ${section}: ${computed.size} computation(s)`);
  }
}
