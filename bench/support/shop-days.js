import { makeEvents } from './events.js';
import { openContext, timed } from './context.js';
import { postRequest, sendAll } from './load.js';
import { RollUpService } from '../../dist/src/rollups/roll-up.service.js';

const PRODUCTS = 500;
const EVENTS_PER_BATCH = 500;
const CONNECTIONS = 8;
const HOURS = 24;
const HOUR_MS = 3_600_000;

/** A shop's last days, sent and rolled up. */
export async function loadShopDays(service, { days, eventsADay }) {
  const { ms } = await timed(() => sendBatches(service, shopDays({ days, eventsADay, until: Date.now() })));
  console.log(`loaded ${days} days × ${eventsADay} events in ${(ms / 1_000).toFixed(1)} s`);
  await rollUpAll(service);
}

/**
 * Through the way in that any client uses, so that marks, labels and partitions are those of real traffic.
 * @param groups {Iterable<object[][]>} batches that are made and sent together: ninety days do not fit into memory
 * @returns how many events were sent
 */
export async function sendBatches({ url, token }, groups) {
  const { host } = new URL(url);
  let sent = 0;
  for (const batches of groups) {
    const requests = batches.map((events) =>
      postRequest({ host, path: '/api/v1/analytics/events', token, body: JSON.stringify({ events }) }),
    );
    await sendAll(requests, { url, connections: CONNECTIONS, status: 202 });
    sent += batches.reduce((total, { length }) => total + length, 0);
  }
  return sent;
}

/** Batches of each day, oldest first: stock of every product, then traffic of every hour. */
export function* shopDays({ days, eventsADay, until }) {
  const stock = Math.min(PRODUCTS, eventsADay);
  const anHour = Math.ceil((eventsADay - stock) / HOURS);
  for (let day = days; day >= 1; day--) {
    const end = until - (day - 1) * HOURS * HOUR_MS;
    const traffic = Array.from({ length: HOURS }, (_, hour) =>
      makeEvents(anHour, day * HOURS + hour, end - hour * HOUR_MS),
    );
    yield inBatches([...stockReports(stock, end - HOURS * HOUR_MS), ...traffic.flat()].slice(0, eventsADay));
  }
}

/** Batches of the same traffic from a moment on. */
export function* shopTraffic({ since, until, eventsADay }) {
  const anHour = Math.ceil(eventsADay / HOURS);
  for (let end = until; end > since; end -= HOUR_MS) {
    const events = makeEvents(anHour, Math.floor(end / 1_000), end);
    yield inBatches(events.filter(({ occurred_at }) => Date.parse(occurred_at) > since));
  }
}

export async function rollUpAll({ databaseUrl }) {
  const context = await openContext({ DATABASE_URL: databaseUrl });
  try {
    const { result, ms } = await timed(() => context.part(RollUpService).rollUp());
    await context.sql('VACUUM ANALYZE');
    console.log(`rolled up ${result.buckets} buckets in ${(ms / 1_000).toFixed(1)} s\n`);
  } finally {
    await context.close();
  }
}

function inBatches(events) {
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
