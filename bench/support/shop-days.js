import { makeEvents } from './events.js';
import { openContext, timed } from './context.js';
import { postRequest, sendAll } from './load.js';
import { RollUpService } from '../../dist/src/rollups/roll-up.service.js';

const PRODUCTS = 500;
const EVENTS_PER_BATCH = 500;
const CONNECTIONS = 8;
const HOURS = 24;
const HOUR_MS = 3_600_000;

/** A shop's last days, through the way in that any client uses, so that marks, labels and partitions are those of real traffic. */
export async function loadShopDays(service, { days, eventsADay }) {
  const { ms } = await timed(() => sendDays(service, { days, eventsADay }));
  console.log(`loaded ${days} days × ${eventsADay} events in ${(ms / 1_000).toFixed(1)} s`);
  await rollUp(service);
}

async function sendDays({ url, token }, { days, eventsADay }) {
  const now = Date.now();
  for (let day = days; day >= 1; day--) {
    const requests = batchesOfDay(day, { now, eventsADay }).map((events) =>
      postRequest({
        host: new URL(url).host,
        path: '/api/v1/analytics/events',
        token,
        body: JSON.stringify({ events }),
      }),
    );
    await sendAll(requests, { url, connections: CONNECTIONS, status: 202 });
  }
}

/** Stock of every product first, then traffic of every hour. `day` 1 is the last 24 hours. */
function batchesOfDay(day, { now, eventsADay }) {
  const end = now - (day - 1) * HOURS * HOUR_MS;
  const stock = Math.min(PRODUCTS, eventsADay);
  const anHour = Math.ceil((eventsADay - stock) / HOURS);
  const traffic = Array.from({ length: HOURS }, (_, hour) =>
    makeEvents(anHour, day * HOURS + hour, end - hour * HOUR_MS),
  );
  const events = [...stockReports(stock, end - HOURS * HOUR_MS), ...traffic.flat()].slice(0, eventsADay);
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
