import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './support/machine.js';
import { startService } from './support/service.js';
import { rollUpAll, sendBatches, shopDays } from './support/shop-days.js';

const DAYS = 30;
const EVENTS_A_DAY = Number(process.env.BENCH_EVENTS_A_DAY ?? 20_000);
const READERS = Number(process.env.BENCH_READERS ?? 30);
const READS_EACH = 4;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const LATE = 500;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No two reads have a range, or an answer, in common. */
const APART_MS = 7_000;
const API = '/api/v1/analytics';
const PATHS = ['/business/overview', '/ml/overview', '/health/timeseries', '/business/products'];

/** Thirty readers of 30 days at once, before and after 500 late events that are spread over these days. */
export async function run() {
  // Without a worker: what is late stays pending.
  const service = await startService({ RATE_LIMIT_PER_MINUTE: '0', APP_ROLE: 'api' });
  try {
    const until = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 2 * MINUTE_MS;
    await sendBatches(service, shopDays({ days: DAYS, eventsADay: EVENTS_A_DAY, until }));
    await rollUpAll(service);
    await measure(service, 1);
    const without = await measure(service, ROUNDS);
    report(`${READERS} readers of 30 days, nothing pending`, without);
    await sendBatches(service, [[lateEvents(until)]]);
    const first = await measure(service, 1);
    report(`${READERS} readers of 30 days, ${LATE} late events, first round`, first);
    const pending = await measure(service, ROUNDS);
    report(`${READERS} readers of 30 days, ${LATE} late events`, pending);
    console.log(
      `pending costs ${(pending.slowest - without.slowest).toFixed(0)} ms of the slowest (bar 50), ` +
        `${(pending.p50 - without.p50).toFixed(0)} ms of the median; ratio ${(pending.slowest / without.slowest).toFixed(2)} (bars 250 / 300 ms)`,
    );
  } finally {
    await service.stop();
  }
}

function report(what, { slowest, worst, p50, refused, reads }) {
  console.log(
    `${what}: median ${p50.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms (median of rounds; worst round ${worst.toFixed(0)}), ` +
      `${refused} of ${reads} refused`,
  );
}

/** Minutes that are over, each of another one, a quarter of every kind. */
function lateEvents(until) {
  return Array.from({ length: LATE }, (_, index) => {
    const occurred_at = new Date(until - DAY_MS * DAYS + ((index + 0.5) * DAYS * DAY_MS) / LATE).toISOString();
    return { occurred_at, ...LATE_KINDS[index % LATE_KINDS.length] };
  });
}

const LATE_KINDS = [
  { event_type: 'api_request', method: 'GET', route: '/api/v1/resource1/:id', status_code: 500, duration_ms: 120 },
  { event_type: 'ml_job', pipeline: '3d', provider: 'tripo', status: 'failed', duration_ms: 9_000 },
  { event_type: 'storefront', name: 'product_view', session_id: 'late', product_id: 'p1', collection: 'signature' },
  {
    event_type: 'order',
    order_id: 'late',
    status: 'placed',
    currency: 'USD',
    total: 80,
    session_id: 'late',
    items: [{ product_id: 'p1', collection: 'signature', quantity: 2, unit_price: 40 }],
  },
];

async function measure(service, rounds) {
  const slowest = [];
  const all = [];
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const latencies = [];
    await Promise.all(
      Array.from({ length: READERS }, async (_, reader) => {
        for (let index = 0; index < READS_EACH; index++) {
          const { ms, status } = await read(service, reader * READS_EACH + index, round);
          latencies.push(ms);
          if (status !== 200) refused += 1;
        }
      }),
    );
    slowest.push(Math.max(...latencies));
    all.push(...latencies);
    await sleep(100);
  }
  const ms = { slowest: percentile(slowest, 0.5), worst: Math.max(...slowest), p50: percentile(all, 0.5) };
  return { ...ms, refused, reads: all.length };
}

async function read({ url, token }, index, round) {
  const to = Date.now();
  const from = new Date(to - DAYS * DAY_MS + (index + round * READERS * READS_EACH) * APART_MS).toISOString();
  const path = `${PATHS[index % PATHS.length]}?from=${from}&to=${new Date(to).toISOString()}`;
  const started = performance.now();
  const response = await fetch(`${url}${API}${path}`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return { ms: performance.now() - started, status: response.status };
}
