import { Agent, request } from 'node:http';
import { API, startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import { itInSoak } from '../support/soak.js';

/** A stop under load: nobody's connection is reset, and it is over soon after the last request. Ten times in the soak. */
const RUNS = Number(process.env.SHUTDOWN_RUNS ?? 1);
const POSTERS = 10;
const READERS = 4;
/** Between the last answer and the end of the process. */
const MAX_STOP_MS = 3_000;
const START_TIMEOUT_MS = 60_000;

const events = [{ event_type: 'error', name: 'Broken', message: 'A test.' }];
const BODY = JSON.stringify({ events });

interface Traffic {
  answers: number;
  /** Of answers that are neither a success nor a refusal of the rate limit. */
  readonly faults: string[];
  readonly closedByServer: boolean[];
  lastAnswerAt: number;
}

/** Sends one request after the other over a kept-alive connection, until the service takes no connection any more. */
async function client(port: number, options: object, body: string | undefined, traffic: Traffic): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    const outcome = await send({ port, agent, host: '127.0.0.1', ...options }, body);
    if (outcome.error === 'ECONNREFUSED') break;
    if (outcome.error !== undefined) traffic.faults.push(outcome.error);
    else if (outcome.status >= 300) traffic.faults.push(`${outcome.status} ${outcome.text}`);
    traffic.answers++;
    traffic.lastAnswerAt = Date.now();
    traffic.closedByServer.push(outcome.connection === 'close');
  }
  agent.destroy();
}

interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly connection?: string | undefined;
  readonly error?: string | undefined;
}

function send(options: object, body: string | undefined): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve({ status: 0, text: '', error: error.code ?? error.message });
    const sent = request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', failed);
      const { connection } = response.headers;
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, connection }));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

async function load(app: StartedApp): Promise<{ traffic: Traffic; ended: Promise<unknown> }> {
  const traffic: Traffic = { answers: 0, faults: [], closedByServer: [], lastAnswerAt: 0 };
  const service = { authorization: `Bearer ${await app.token(['service'])}`, 'content-type': 'application/json' };
  const admin = { authorization: `Bearer ${await app.token()}` };
  const paths = [`${API}/events?limit=5`, `${API}/business/overview`, `${API}/ml/overview`, `${API}/alerts/active`];
  const posters = Array.from({ length: POSTERS }, () => ({ path: `${API}/events`, method: 'POST', headers: service }));
  const readers = paths.slice(0, READERS).map((path) => ({ path, headers: admin }));
  const ended = Promise.all([
    ...posters.map((options) => client(app.port, options, BODY, traffic)),
    ...readers.map((options) => client(app.port, options, undefined, traffic)),
  ]);
  return { traffic, ended };
}

it(
  `resets nobody under load and ends within 3 s of the last answer, ${RUNS} times`,
  async () => {
    const app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0' } });
    for (let run = 0; run < RUNS; run++) {
      if (run > 0) await app.startAgain();
      const { traffic, ended } = await load(app);
      await until(() => traffic.answers >= 200, 30_000);
      app.process.signal('SIGTERM');
      expect(await app.process.exitWithin(30_000)).toBe(0);
      const stoppedMs = Date.now() - traffic.lastAnswerAt;
      await ended;
      expect({ run, faults: traffic.faults }).toEqual({ run, faults: [] });
      expect(traffic.closedByServer.filter(Boolean).length).toBeGreaterThanOrEqual(POSTERS + READERS);
      expect(stoppedMs).toBeLessThan(MAX_STOP_MS);
    }
    await app.stop();
  },
  START_TIMEOUT_MS + RUNS * 60_000,
);

itInSoak(
  'serves who connects in the moment of the signal, answers 503 to the probe, and keeps nobody waiting who is idle',
  async () => {
    const app = await startApp();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const probe = { port: app.port, agent, host: '127.0.0.1', path: '/health/ready' };
    expect((await send(probe, undefined)).status).toBe(200);
    const signalledAt = Date.now();
    app.process.signal('SIGTERM');
    await until(async () => {
      const { status, error, connection } = await send({ ...probe, agent: new Agent() }, undefined);
      if (error === 'ECONNREFUSED') throw new Error('It did not answer while it was draining.');
      return status === 503 && connection === 'close';
    }, 5_000);
    expect(await app.process.exitWithin(10_000)).toBe(0);
    expect(Date.now() - signalledAt).toBeLessThan(6_000);
    agent.destroy();
    await app.stop();
  },
  START_TIMEOUT_MS,
);
