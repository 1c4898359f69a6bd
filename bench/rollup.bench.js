import { PartitionKeeper } from '../dist/src/platform/database/index.js';
import { RollUpService } from '../dist/src/rollups/roll-up.service.js';
import { describeTiers, insertRequests, markRequests, openContext, timed } from './support/context.js';
import { median } from './support/machine.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const ROUNDS = 3;
const DAY_MS = 86_400_000;

/** What one would write without sketches: every figure of the hour, by group, and nothing that can be added up later. */
const SINGLE_STATEMENT = `SELECT method, route, (status_code / 100)::text || 'xx', count(*), sum(duration_ms), avg(duration_ms),
    min(duration_ms), max(duration_ms), percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ms)
  FROM analytics_events WHERE event_type = 'api_request' AND occurred_at >= $1 AND occurred_at < $1 + interval '1 hour'
  GROUP BY 1, 2, 3`;

/** One hour of raw events, 1 million in 200 groups, to rollups of every level, against the one statement. */
export async function run() {
  const context = await openContext();
  try {
    const day = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
    const from = new Date(`${day}T10:00:00Z`);
    await context.part(PartitionKeeper).ensureDays([day]);
    await insertRequests(context.sql, { count: EVENTS, from, seconds: 3_600 });
    await context.sql('VACUUM ANALYZE analytics_events');
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) rounds.push(await measure(context, from, round));
    const ratio = median(rounds.map(({ single, rolled }) => rolled / single));
    console.log(`\nrolled up / one statement, median of ${ROUNDS}: ${ratio.toFixed(2)} × (bar 2.5, aim 1.2)`);
    console.log(await describeTiers(context.sql, EVENTS));
  } finally {
    await context.close();
  }
}

async function measure({ part, sql }, from, round) {
  const { result: groups, ms: single } = await timed(() => sql(SINGLE_STATEMENT, [from]));
  await markRequests(sql);
  const { result, ms: rolled } = await timed(() => part(RollUpService).rollUp());
  console.log(
    `round ${round}: one statement ${single.toFixed(0)} ms (${groups.length} groups); ` +
      `rolled up ${rolled.toFixed(0)} ms (${result.buckets} buckets, ${result.rows} rows)`,
  );
  return { single, rolled };
}
