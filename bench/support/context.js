import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { AppModule } from '../../dist/src/app.module.js';
import { loadConfig } from '../../dist/src/platform/config/index.js';
import { openDatabase } from '../../dist/src/platform/database/index.js';
import { Logger } from '../../dist/src/platform/logging/index.js';

/** The service's parts on a new embedded database, without HTTP and without workers: the bench says when they work. */
export async function openContext(environment = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'analytics-bench-'));
  const config = loadConfig({ DATA_DIR: dataDir, JWT_SECRET: 'b'.repeat(64), APP_ROLE: 'api', ...environment });
  const logger = Logger.create('warn');
  const database = await openDatabase(config, logger);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot({ config, logger, database }), {
    logger: false,
  });
  // Loading five million events takes longer than any statement of the service may.
  const loader = new pg.Client({ connectionString: database.url });
  await loader.connect();
  return {
    part: (type) => app.get(type, { strict: false }),
    sql: async (text, parameters) => (await loader.query(text, parameters)).rows,
    async close() {
      await loader.end();
      await app.close();
      await database.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** @returns what `work` gave, and how many milliseconds it took */
export async function timed(work) {
  const start = process.hrtime.bigint();
  const result = await work();
  return { result, ms: Number(process.hrtime.bigint() - start) / 1e6 };
}

/**
 * `count` requests from `from` on, evenly spread over `seconds`, in 200 groups of method, route and status class, with
 * log-normal-like durations.
 */
export async function insertRequests(sql, { count, from, seconds }) {
  for (let first = 0; first < count; first += INSERT_SIZE) {
    await insertSome(sql, { count, from, seconds, first, last: Math.min(count, first + INSERT_SIZE) - 1 });
  }
}

const INSERT_SIZE = 50_000;

function insertSome(sql, { count, from, seconds, first, last }) {
  return sql(
    `INSERT INTO analytics_events (event_id, occurred_at, event_type, correlation_id, method, route, status_code, duration_ms)
     SELECT gen_random_uuid(), $1::timestamptz + i * ($2::float8 / $3) * interval '1 second', 'api_request', 'bench-' || i,
            (ARRAY['GET', 'POST'])[1 + i % 2], '/route/' || (i / 2) % 20,
            (ARRAY[200, 301, 404, 500, 503])[1 + (i / 40) % 5] - CASE WHEN (i / 40) % 5 = 4 THEN 403 ELSE 0 END,
            round(exp(3 + random() + random() + random())::numeric, 3)
       FROM generate_series($4::int, $5::int) AS i`,
    [from, seconds, count, first, last],
  );
}

/** Marks every minute of the family that has events, as the collector does. */
export function markRequests(sql) {
  return sql(
    `INSERT INTO rollup_invalidations (family, level, bucket_start, events)
     SELECT 'api', 'minute', date_trunc('minute', occurred_at), count(*) FROM analytics_events
      WHERE event_type = 'api_request' GROUP BY 3`,
  );
}

/** Rows and bytes of each level of the rollups, and per million of the events behind them. */
export async function describeTiers(sql, events) {
  const rows = await sql(
    `SELECT granularity, count(*)::int AS rows, sum(pg_column_size(r.*))::int AS bytes FROM analytics_rollups r GROUP BY 1 ORDER BY 2 DESC`,
  );
  const kib = (bytes) => `${Math.round(bytes / 1_024)} KiB`;
  const perMillion = (value) => (value * 1e6) / events;
  return rows
    .map(
      ({ granularity, rows: count, bytes }) =>
        `${granularity}: ${count} rows, ${kib(bytes)}; per million events ${Math.round(perMillion(count))} rows, ${kib(perMillion(bytes))}`,
    )
    .join('\n');
}
