import { gzipSync } from 'node:zlib';
import { largestBodies } from '../contract/largest-bodies.js';
import { operationsOf, type Operation, type OpenApiDocument } from '../contract/operations.js';
import { API, startApp, type StartedApp } from '../support/app.js';
import { blockedMs, WATCH_EVENT_LOOP } from '../support/event-loop.js';
import { inSoak } from '../support/soak.js';

/** No request may hold up the others: the largest bodies that the limits of every route allow. */
jest.setTimeout(300_000);

const MAX_BLOCKED_MS = 100;
/** `npm run soak` sends all bodies, other runs every eighth one of a route. */
const EVERY = 8;
/** What the service does by itself beside a request counts as well; it does not do it three times in a row. */
const ATTEMPTS = 3;

let app: StartedApp;
let operations: Operation[];
beforeAll(async () => {
  app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0', ...WATCH_EVENT_LOOP } });
  operations = operationsOf((await app.request('/docs-json')).body as OpenApiDocument);
}, 90_000);
afterAll(() => app.stop(), 60_000);

async function leastBlockedMs(request: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= MAX_BLOCKED_MS; attempt++) {
    await blockedMs(app);
    await request();
    least = Math.min(least, await blockedMs(app));
  }
  return least;
}

it('no body of any route blocks the event loop for more than 100 ms', async () => {
  const writing = operations.filter(({ method }) => method !== 'GET');
  const bodies = writing.flatMap((operation, place) =>
    largestBodies(operation)
      .filter((_, index) => inSoak || index % EVERY === place % EVERY)
      .map((body) => ({ operation, ...body })),
  );
  expect(bodies.length).toBeGreaterThan(inSoak ? 100 : 10);
  const slow: string[] = [];
  for (const { operation, name, text } of bodies) {
    const headers = { 'content-type': 'application/json' };
    const { method } = operation;
    const statuses: number[] = [];
    const least = await leastBlockedMs(async () => {
      const post = () => app.request(operation.url(), { method, role: 'admin', body: text, headers });
      statuses.push((await post().catch(post)).status);
    });
    if (least >= MAX_BLOCKED_MS) slow.push(`${name}: ${Math.round(least)} ms`);
    expect({ name, fault: statuses.find((status) => status >= 500) }).toEqual({ name, fault: undefined });
  }
  expect(slow).toEqual([]);
});

it('many gzip bodies that unfold to the limit take a bounded memory, and each gets an answer', async () => {
  const body = gzipSync(`{"events":[${' '.repeat(10_485_700)}]}`, { level: 9 });
  expect(body.length).toBeLessThan(12_000);
  const before = await residentBytes();
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const post = () => app.request(`${API}/events`, { method: 'POST', role: 'service', body, headers });
  await blockedMs(app);
  const answers = await Promise.all(Array.from({ length: 150 }, post));
  const taken = answers.filter(({ status }) => status === 400).length;
  const refused = answers.filter(({ status }) => status === 429);
  expect([taken + refused.length, taken > 0]).toEqual([150, true]);
  expect(refused.every(({ headers: sent }) => Number(sent.get('retry-after')) >= 1)).toBe(true);
  // Many of them in one turn of the loop, and all of the process's threads at work.
  expect(await blockedMs(app)).toBeLessThan(MAX_BLOCKED_MS * 5);
  expect(((await residentBytes()) - before) / 1_048_576).toBeLessThan(400);
});

it('sixty readers of the documents do not make an admin wait', async () => {
  await app.request('/docs-json');
  await blockedMs(app);
  const readers = Array.from({ length: 60 }, async () => {
    for (let i = 0; i < 5; i++) expect((await app.request('/docs-json')).status).toBe(200);
  });
  expect((await app.request(`${API}/alerts/active`, { role: 'admin' })).status).toBe(200);
  await Promise.all(readers);
  expect(await blockedMs(app)).toBeLessThan(MAX_BLOCKED_MS);
});

async function residentBytes(): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec((await app.request('/metrics')).text)?.[1]);
}
