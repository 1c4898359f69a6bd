import { API } from '../support/app.js';
import { until } from '../support/app-process.js';
import { Load, Reads } from '../support/load.js';
import { figuresOf } from '../support/load-events.js';
import { LoadTarget, serverProcesses } from '../support/load-target.js';
import { hasRedis, startRedisServer } from '../support/redis.js';

const TEST_TIMEOUT_MS = 180_000;
const PROGRESS_MS = 30_000;
/** A batch whose database does not answer is given up after this, and a little for a crowded machine. */
const WRITE_DEADLINE_MS = 12_000;
const READ_DEADLINE_MS = 16_000;
const READS = [`${API}/business/overview`, `${API}/ml/overview`, `${API}/events?limit=5`];
const onRedis = hasRedis ? it : it.skip;

let target: LoadTarget;
let load: Load;
let reads: Reads;

async function begin(env: NodeJS.ProcessEnv = {}): Promise<void> {
  target = await LoadTarget.start(env);
  load = new Load({ url: target.url, token: target.token });
  reads = new Reads(target.url, target.token, READS);
}

afterEach(async () => {
  await load.abandon();
  await reads.stop();
  await target.remove();
}, TEST_TIMEOUT_MS);

async function acknowledgedMore(events: number): Promise<void> {
  const goal = load.acknowledged.length + events;
  await until(
    () => load.acknowledged.length >= goal,
    PROGRESS_MS,
    () => `The load does not get on: ${JSON.stringify(load.refusals.at(-1))}\n${target.app.logs()}`,
  );
}

async function expectEverythingOnce(): Promise<void> {
  const acknowledged = load.acknowledged.length;
  expect(await target.audit(load)).toEqual({ acknowledged, missing: 0, twice: 0, unknown: 0 });
}

async function statusOf(path: string): Promise<number> {
  return (await target.app.request(path)).status;
}

it(
  'answers 503 in time while the database hangs, says so, and goes on when it does',
  async () => {
    await begin();
    await acknowledgedMore(200);
    const processes = await serverProcesses(await target.postmaster());
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    try {
      await until(() => load.refusals.length > 0 && reads.refusals.length > 0, PROGRESS_MS);
      expect([await statusOf('/health/live'), await statusOf('/health/ready')]).toEqual([200, 503]);
    } finally {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    }
    await acknowledgedMore(200);
    await load.finish();
    await reads.stop();
    for (const refusal of [...load.refusals, ...reads.refusals]) {
      expect(refusal).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) as string });
    }
    expect(Math.max(...load.refusals.map(({ ms }) => ms))).toBeLessThan(WRITE_DEADLINE_MS);
    expect(Math.max(...reads.refusals.map(({ ms }) => ms))).toBeLessThan(READ_DEADLINE_MS);
    await expectEverythingOnce();
    expect(await target.figures()).toMatchObject(figuresOf(load.acknowledged));
  },
  TEST_TIMEOUT_MS,
);

it(
  'stores what it acknowledged, and its own requests, when it is asked to end under load',
  async () => {
    await begin({ RECORD_OWN_REQUESTS: 'true' });
    await acknowledgedMore(200);
    await until(() => reads.answered >= 20, PROGRESS_MS);
    target.app.process.signal('SIGTERM');
    expect(await target.app.process.exitWithin(PROGRESS_MS)).toBe(0);
    await load.abandon();
    await reads.stop();
    await target.restart();
    expect(await target.audit(load)).toMatchObject({ missing: 0, twice: 0 });
    const [own] = await target.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM analytics_events WHERE source = 'admin-analytics' AND status_code = 200`,
    );
    expect(own?.count).toBeGreaterThanOrEqual(reads.answered);
  },
  TEST_TIMEOUT_MS,
);

onRedis(
  'takes events in and answers while Redis is gone, and rolls up again when it is back',
  async () => {
    const redis = await startRedisServer();
    let again: Awaited<ReturnType<typeof startRedisServer>> | undefined;
    try {
      await begin({ REDIS_URL: redis.url });
      await acknowledgedMore(200);
      await redis.stop();
      await until(async () => (await statusOf('/health/ready')) === 503, PROGRESS_MS);
      const answered = reads.answered;
      await acknowledgedMore(200);
      await until(() => reads.answered > answered, PROGRESS_MS);
      again = await startRedisServer(redis.port);
      await until(async () => (await statusOf('/health/ready')) === 200, PROGRESS_MS);
      await load.finish();
      await target.rolledUp();
      expect([load.refusals, reads.refusals]).toEqual([[], []]);
      await expectEverythingOnce();
      expect(await target.figures()).toMatchObject({ ...figuresOf(load.acknowledged), sources: ['rollup', 'rollup'] });
    } finally {
      await again?.stop();
    }
  },
  TEST_TIMEOUT_MS,
);
