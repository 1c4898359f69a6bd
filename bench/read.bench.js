import { MetricReader } from '../dist/src/metrics/index.js';
import { PartitionKeeper } from '../dist/src/platform/database/index.js';
import { RollUpService } from '../dist/src/rollups/roll-up.service.js';
import { describeTiers, insertRequests, markRequests, openContext, timed } from './support/context.js';
import { median } from './support/machine.js';

const DAYS = 30;
const EVENTS = Number(process.env.BENCH_EVENTS ?? 5_000_000);
const EVENTS_A_DAY = Math.ceil(EVENTS / DAYS);
const READS = 15;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** What so many events look like to a reader: the states are those of the loaded ones, their counts are multiplied. */
const EVENTS_BEHIND = 150_000_000;
const SCALE_UP = Math.round(EVENTS_BEHIND / EVENTS);

/** Reads of the last 30 days and 24 hours from rollups, against raw events and against more events behind them. */
export async function run() {
  const context = await openContext();
  try {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    await load(context, today);
    const range = { from: new Date(today - DAYS * DAY_MS), to: new Date(today) };
    await thirtyDays(context, range);
    await manyGroups(context, range);
    await growingDays(context);
  } finally {
    await context.close();
  }
}

async function load({ part, sql }, today) {
  const started = performance.now();
  for (let day = DAYS; day >= 1; day--) {
    const from = new Date(today - day * DAY_MS);
    await part(PartitionKeeper).ensureDays([from.toISOString().slice(0, 10)]);
    await insertRequests(sql, { count: EVENTS_A_DAY, from, seconds: 86_400 });
  }
  await sql('VACUUM ANALYZE analytics_events');
  await markRequests(sql);
  const { result, ms } = await timed(() => part(RollUpService).rollUp());
  await sql('VACUUM ANALYZE analytics_rollups');
  console.log(
    `loaded ${DAYS * EVENTS_A_DAY} events of ${DAYS} days and rolled up ${result.buckets} buckets, ${result.rows} rows, ` +
      `in ${((performance.now() - started) / 1_000).toFixed(0)} s, ${(ms / 1_000).toFixed(1)} s of them rolling up\n` +
      `${await describeTiers(sql, DAYS * EVENTS_A_DAY)}\n`,
  );
}

async function thirtyDays({ part, sql }, range) {
  const reader = part(MetricReader);
  const raw = await timed(() =>
    sql(
      `SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95 FROM analytics_events
        WHERE event_type = 'api_request' AND occurred_at >= $1 AND occurred_at < $2`,
      [range.from, range.to],
    ),
  );
  const count = await timed(() =>
    sql(
      `SELECT count(*) FROM analytics_events WHERE event_type = 'api_request' AND occurred_at >= $1 AND occurred_at < $2`,
      [range.from, range.to],
    ),
  );
  report(
    '30 days, number of requests',
    count.ms,
    await medianRead(() => reader.readTotals({ metrics: ['api.request_count'], range })),
  );
  report(
    '30 days, p95 of all requests',
    raw.ms,
    await medianRead(() => reader.readTotals({ metrics: ['api.latency_p95'], range })),
  );
}

function report(what, rawMs, rollupMs) {
  console.log(
    `${what}: raw ${rawMs.toFixed(0)} ms, rollups ${rollupMs.toFixed(1)} ms: ${(rawMs / rollupMs).toFixed(0)} × faster (bar 100, aim 1,000)`,
  );
}

async function manyGroups({ part, sql }, range) {
  await sql('UPDATE analytics_rollups SET count = count * $1, sum = sum * $1', [SCALE_UP]);
  const reader = part(MetricReader);
  const read = { metrics: ['api.latency_p95'], range, groupBy: ['method', 'route', 'status_class'] };
  const { result, ms: first } = await timed(() => reader.read(read));
  const whole = await medianRead(() => reader.read(read));
  const edge = { from: new Date(Date.now() - DAYS * DAY_MS + 83_000), to: new Date() };
  const ragged = await medianRead(() => reader.read({ ...read, range: edge }));
  console.log(
    `30-day p95 of all ${result.rows.length} groups at once, counts × ${SCALE_UP} (${(DAYS * EVENTS_A_DAY * SCALE_UP) / 1e6} million events behind): whole days ${first.toFixed(1)} ms the first time, ${whole.toFixed(1)} ms again, ` +
      `range=30d from now ${ragged.toFixed(1)} ms (bar 500, aim 50)`,
  );
}

/** The last 24 hours with 1, 5 and 10 million events a day: the minutes' counts grow, and so does the raw tail. */
async function growingDays({ part, sql }) {
  const reader = part(MetricReader);
  for (const millions of [1, 5, 10]) {
    const now = Date.now();
    const perMinute = Math.round((millions * 1e6) / 1_440);
    const tail = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const day = new Date(tail).toISOString().slice(0, 10);
    await part(PartitionKeeper).ensureDays([day, new Date(now + DAY_MS).toISOString().slice(0, 10)]);
    await sql('DELETE FROM analytics_events WHERE occurred_at >= $1', [new Date(tail)]);
    await sql('DELETE FROM rollup_invalidations');
    await insertRequests(sql, { count: 2 * perMinute, from: new Date(tail), seconds: 120 });
    await sql(
      `INSERT INTO rollup_invalidations (family, level, bucket_start, events)
       VALUES ('api', 'minute', $1, $3), ('api', 'minute', $2, $3)`,
      [new Date(tail), new Date(tail + MINUTE_MS), perMinute],
    );
    await sql('ANALYZE analytics_events');
    const range = { from: new Date(now - DAY_MS), to: new Date(tail + 2 * MINUTE_MS) };
    const metrics = ['api.request_count', 'api.error_rate', 'api.latency_p95'];
    const ms = await medianRead(() => reader.readTotals({ metrics, range }));
    console.log(`24 hours at ${millions} million events a day, ${2 * perMinute} of them raw: ${ms.toFixed(1)} ms`);
  }
}

async function medianRead(read) {
  const times = [];
  for (let count = 0; count < READS; count++) times.push((await timed(read)).ms);
  return median(times);
}
