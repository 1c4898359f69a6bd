import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { prepareEvent } from '../dist/src/events/index.js';
import { COPY_COLUMNS } from '../dist/src/collector/store/copy-encoder.js';
import { EventBatch } from '../dist/src/collector/store/event-batch.js';
import { makeEvents } from './support/events.js';
import { postRequest, sendAll } from './support/load.js';
import { median, percentile } from './support/machine.js';
import { cpuMs, cpuMsByChild, cpuMsSince, residentMiB } from './support/processes.js';
import { startService } from './support/service.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const BATCHES = Number(process.env.BENCH_BATCHES ?? 400);
const EVENTS_PER_BATCH = 500;
const CONNECTIONS = 8;
const SINGLE_REQUESTS = Number(process.env.BENCH_SINGLES ?? 20_000);
const SINGLE_CONNECTIONS = 64;
const COPY_CHUNK_BYTES = 64 * 1024;
const PATH = '/api/v1/analytics/events';

/**
 * Events per second over HTTP against those of one client's bare COPY of the same rows into the same emptied table, by
 * turns; then single events per second against a route that does nothing.
 */
export async function run() {
  const service = await startService();
  const database = new pg.Client({ connectionString: service.databaseUrl });
  await database.connect();
  try {
    console.log(`database ${(await database.query('SELECT version()')).rows[0].version.split(',')[0]}\n`);
    await compareWithCopy(service, database);
    await compareWithBareRoute(service, database);
  } finally {
    await database.end();
    await service.stop();
  }
}

async function compareWithCopy(service, database) {
  const batches = makeBatches(BATCHES, EVENTS_PER_BATCH);
  const events = BATCHES * EVENTS_PER_BATCH;
  const rows = copyText(batches);
  const requests = toRequests(service, batches);
  await sendAll(requests, { url: service.url, connections: CONNECTIONS, status: 202 }); // warms up, makes the partitions
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const copy = await measureCopy(service, database, rows, events);
    const http = await measureHttp(service, database, requests, events);
    rounds.push({ copy, http, ratio: http.rate / copy.rate });
    console.log(
      `round ${round}  bare COPY ${thousands(copy.rate)}/s   HTTP ${thousands(http.rate)}/s   ratio ${(http.rate / copy.rate).toFixed(2)}`,
    );
  }
  report(rounds, events);
}

function report(rounds, events) {
  const of = (pick) => median(rounds.map(pick));
  const micros = (pick) => `${((of(pick) * 1_000) / events).toFixed(1)} µs`;
  const latencies = rounds.flatMap(({ http }) => http.latenciesMs);
  console.log(`
bare COPY, 1 client, ${thousands(events)} rows     ${thousands(of(({ copy }) => copy.rate))} events/s
HTTP, batches of ${EVENTS_PER_BATCH}, ${CONNECTIONS} connections  ${thousands(of(({ http }) => http.rate))} events/s
ratio                              ${of(({ ratio }) => ratio).toFixed(2)}   (bar 0.5, aim 0.9)
latency of a batch                 p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms
resident set of the service        ${Math.max(...rounds.map(({ http }) => http.residentMiB)).toFixed(0)} MiB at most
processor per event, HTTP          service ${micros(({ http }) => http.appMs)}, database ${micros(({ http }) => http.databaseMs)}, load generator ${micros(({ http }) => http.generatorMs)}
processor per event, bare COPY     database ${micros(({ copy }) => copy.databaseMs)}, client ${micros(({ copy }) => copy.clientMs)}
`);
}

async function measureCopy(service, database, rows, events) {
  await empty(database);
  const client = process.cpuUsage();
  const before = cpuMsByChild(service.databasePid);
  const started = performance.now();
  await pipeline(Readable.from(rows), database.query(copyFrom(`COPY analytics_events (${COPY_COLUMNS}) FROM STDIN`)));
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(client);
  await expectRows(database, events);
  return {
    rate: events / seconds,
    databaseMs: cpuMsSince(before, service.databasePid),
    clientMs: (user + system) / 1_000,
  };
}

async function measureHttp(service, database, requests, events) {
  await empty(database);
  const [appMs, before] = [cpuMs(service.pid), cpuMsByChild(service.databasePid)];
  let resident = 0;
  const watch = setInterval(() => (resident = Math.max(resident, residentMiB(service.pid))), 50);
  const {
    seconds,
    latenciesMs,
    cpuMs: generatorMs,
  } = await sendAll(requests, { url: service.url, connections: CONNECTIONS, status: 202 });
  clearInterval(watch);
  const used = { appMs: cpuMs(service.pid) - appMs, databaseMs: cpuMsSince(before, service.databasePid), generatorMs };
  await expectRows(database, events);
  return { rate: events / seconds, latenciesMs, residentMiB: resident, ...used };
}

async function compareWithBareRoute(service, database) {
  const batches = makeBatches(SINGLE_REQUESTS, 1);
  const bare = fork(fileURLToPath(new URL('./support/bare-server.js', import.meta.url)));
  try {
    const bareUrl = await new Promise((resolve) => bare.once('message', resolve));
    const options = { connections: SINGLE_CONNECTIONS, status: 202 };
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      await empty(database);
      const nothing = await sendAll(toRequests({ url: bareUrl, token: service.token }, batches, '/events'), {
        url: bareUrl,
        ...options,
      });
      const real = await sendAll(toRequests(service, batches), { url: service.url, ...options });
      await expectRows(database, SINGLE_REQUESTS);
      rounds.push({
        bare: SINGLE_REQUESTS / nothing.seconds,
        real: SINGLE_REQUESTS / real.seconds,
        latenciesMs: real.latenciesMs,
      });
    }
    const of = (pick) => median(rounds.map(pick));
    const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
    console.log(`single events, ${SINGLE_CONNECTIONS} connections      ${thousands(of(({ real }) => real))} requests/s
bare Fastify route                 ${thousands(of(({ bare }) => bare))} requests/s
ratio                              ${of(({ real, bare }) => real / bare).toFixed(2)}
latency of a single event          p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms`);
  } finally {
    bare.kill();
  }
}

function makeBatches(batches, size) {
  const events = makeEvents(batches * size, 1, Date.now());
  return Array.from({ length: batches }, (_, index) => events.slice(index * size, (index + 1) * size));
}

function toRequests({ url, token }, batches, path = PATH) {
  const { host } = new URL(url);
  return batches.map((events) => postRequest({ host, path, token, body: JSON.stringify({ events }) }));
}

function copyText(batches) {
  const circumstances = {
    nowMicros: Date.now() * 1_000,
    backfillMaxDays: 800,
    correlationId: 'bench',
    fromOutside: true,
  };
  const text = EventBatch.of(
    batches.flat().map((event) => prepareEvent(structuredClone(event), circumstances)),
  ).copyText;
  const chunks = [];
  for (let at = 0; at < text.length; at += COPY_CHUNK_BYTES) chunks.push(text.subarray(at, at + COPY_CHUNK_BYTES));
  return chunks;
}

/** Both sides start with an empty table and with no checkpoint ahead. */
async function empty(database) {
  await database.query('TRUNCATE analytics_events');
  await database.query('CHECKPOINT');
}

async function expectRows(database, expected) {
  const { rows } = await database.query('SELECT count(*)::int AS count FROM analytics_events');
  if (rows[0].count !== expected) throw new Error(`${rows[0].count} events are stored, not ${expected}.`);
}

function thousands(value) {
  return Math.round(value).toLocaleString('en-US');
}
