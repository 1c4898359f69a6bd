import { faultOf, shown, summary } from '../contract/answers.js';
import { hostileRequest, type HostileRequest } from '../contract/hostile-request.js';
import { Dice } from '../contract/malformed.js';
import { operationsOf, type OpenApiDocument } from '../contract/operations.js';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { blockedMs, WATCH_EVENT_LOOP } from '../support/event-loop.js';

/**
 * Hostile requests over all routes and roles: none is a fault, each is answered in the one form, none blocks the others,
 * and the process lives. `FUZZ_SEED` repeats a run; `npm run soak` sends twenty thousand.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 600);
const SEED = Number(process.env.FUZZ_SEED ?? 1 + Math.floor(Math.random() * 2_000_000_000));
const AT_ONCE = 8;
const MAX_BLOCKED_MS = 100;
/** Requests between two looks at the event loop; what blocked it is found by sending them again one by one. */
const ROUND = 200;

let app: StartedApp;
beforeAll(async () => (app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0', ...WATCH_EVENT_LOOP } })), 90_000);
afterAll(() => app.stop(), 60_000);

it(
  `${REQUESTS} hostile requests do no harm`,
  async () => {
    process.stdout.write(`FUZZ_SEED=${SEED}\n`);
    const operations = operationsOf((await app.request('/docs-json')).body as OpenApiDocument);
    const dice = new Dice(SEED);
    const wrong: string[] = [];
    await blockedMs(app);
    for (let sent = 0; sent < REQUESTS && wrong.length < 20; sent += ROUND) {
      const requests = Array.from({ length: Math.min(ROUND, REQUESTS - sent) }, () => hostileRequest(operations, dice));
      wrong.push(...(await faultsOf(requests)));
      if ((await blockedMs(app)) >= MAX_BLOCKED_MS) wrong.push(...(await blockersOf(requests)));
    }
    expect({ seed: SEED, wrong }).toEqual({ seed: SEED, wrong: [] });
    expect(app.process.isRunning).toBe(true);
    expect((await app.request('/health/ready')).status).toBe(200);
    expect((await app.request(`${API}/business/overview`, { role: 'admin' })).status).toBe(200);
    expect(app.logs()).not.toMatch(/A promise was rejected and not handled/);
  },
  60_000 + REQUESTS * 200,
);

async function faultsOf(requests: readonly HostileRequest[]): Promise<string[]> {
  const waiting = [...requests];
  const wrong: string[] = [];
  const sendAll = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const fault = await send(one).then(
        (answer) => faultOf(answer) && `${faultOf(answer)}: ${described(one)} ${summary(answer)}`,
        (error: Error) => `no answer: ${described(one)} ${error.message} ${String(error.cause)}`,
      );
      if (fault) wrong.push(fault);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendAll));
  return wrong;
}

/** Those that block the event loop by themselves, twice: the service's own work beside them does not count. */
async function blockersOf(requests: readonly HostileRequest[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const request of requests) {
    const first = await blockedBy(request);
    const second = first < MAX_BLOCKED_MS ? 0 : await blockedBy(request);
    if (second >= MAX_BLOCKED_MS) wrong.push(`blocked ${Math.round(second)} ms: ${described(request)}`);
  }
  return wrong;
}

async function blockedBy(request: HostileRequest): Promise<number> {
  await blockedMs(app);
  await send(request);
  return blockedMs(app);
}

function send({ url, ...request }: HostileRequest): Promise<AppAnswer> {
  return app.request(url, request);
}

function described({ method, url, role, token, headers, body }: HostileRequest): string {
  const who = token === undefined ? (role ?? 'nobody') : `token ${shown(token)}`;
  return `${method} ${shown(url)} (${who}) ${JSON.stringify(headers)} ${shown(body ?? '')}`;
}
