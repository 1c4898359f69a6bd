import { AppProcess, until } from './app-process.js';
import { createTestDatabase, truncate, type TestDatabase } from './database.js';
import { openTestRedis, type TestRedis } from './redis.js';
import { inSoak, itInSoak } from './soak.js';

// Real processes with the queues and nothing else: test/fixtures/queue-process.js says what they do.
const FIXTURE = '../test/fixtures/queue-process.js';
const START_TIMEOUT_MS = 20_000;
/** Lock and stalled check together: see backend/queue-backend.ts. */
/** 15 s by the timers of the backend; the rest is for a crowded machine, and half of the 30 s of a critical alert is left. */
const TAKEOVER_MS = 20_000;

interface Run {
  job_id: string;
  process_id: number;
  ended_at: Date | null;
}

let database: TestDatabase;
let redis: TestRedis | undefined;
let processes: AppProcess[] = [];

async function start(environment: Record<string, string> = {}): Promise<AppProcess> {
  const started = new AppProcess(FIXTURE, { DATABASE_URL: database.url, REDIS_URL: redis?.url, ...environment });
  processes.push(started);
  const isReady = (): boolean => {
    if (!started.isRunning) throw new Error(started.output);
    return started.output.includes('ready');
  };
  await until(isReady, START_TIMEOUT_MS, () => started.output);
  return started;
}

async function runs(): Promise<Run[]> {
  return database.dataSource.query('SELECT job_id, process_id, ended_at FROM runs ORDER BY id');
}

/** The job ids of all ticks that were claimed. */
async function claimed(): Promise<Set<string>> {
  const rows: { tick: Date }[] = await database.dataSource.query('SELECT tick FROM schedule_ticks');
  return new Set(rows.map(({ tick }) => `tick_${tick.toISOString().slice(0, 19).replaceAll(':', '-')}Z`));
}

async function forgetJobs(): Promise<void> {
  if (redis) await redis.deleteKeys('analytics-');
  else await database.dataSource.query('DELETE FROM bullmq.job');
}

async function cutConnections(): Promise<void> {
  if (redis) await redis.dropConnections();
  await database.dataSource.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

/** Fixtures count from the epoch like schedules do; this keeps a test from running into the next hour. */
async function awayFromTheHour(): Promise<void> {
  await until(() => Date.now() % 3_600_000 < 3_540_000, 61_000);
}

/**
 * What the queues promise, whatever they are kept in. One file for each: most of the time they wait for time-outs, so two
 * files side by side take half as long.
 */
export function describeQueues(on: 'PostgreSQL' | 'Redis', available = true): void {
  const it = available ? global.it : global.it.skip;
  const inSoakOnly = available ? itInSoak : global.it.skip;

  beforeAll(async () => {
    if (!available) return;
    database = await createTestDatabase();
    await database.dataSource.query(
      `CREATE TABLE runs (id serial PRIMARY KEY, job_id text, process_id int, attempt int,
                          started_at timestamptz DEFAULT clock_timestamp(), ended_at timestamptz)`,
    );
    if (on === 'Redis') redis = await openTestRedis();
  });

  afterEach(async () => {
    if (!available) return;
    processes.forEach((one) => one.signal('SIGKILL'));
    await Promise.all(processes.map((one) => one.ended));
    processes = [];
    await forgetJobs();
    await truncate(database.dataSource, 'runs', 'schedule_ticks');
  });

  afterAll(async () => {
    await redis?.stop();
    redis = undefined;
    if (available) await database.drop();
  });

  it('runs every tick once, whatever the number of processes, and never in the role api', async () => {
    const [api] = await Promise.all([
      start({ EVERY_SECONDS: '1', APP_ROLE: 'api' }),
      start({ EVERY_SECONDS: '1', APP_ROLE: 'worker' }),
      start({ EVERY_SECONDS: '1' }),
    ]);
    await until(async () => (await runs()).length >= 4, 15_000);
    const seen = await runs();
    expect(new Set(seen.map((run) => run.job_id)).size).toBe(seen.length);
    expect(seen.map((run) => run.process_id)).not.toContain(api?.pid);
    expect(seen[0]?.job_id).toMatch(/^tick_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
  });

  it('does not run a tick again after its job was removed', async () => {
    await awayFromTheHour();
    await start();
    await until(async () => (await runs()).length === 1, 10_000);
    await forgetJobs();
    await start();
    await until(() => processes.some(({ stdout }) => stdout.includes('skipped')), 10_000);
    expect(await runs()).toHaveLength(1);
  }, 120_000);

  inSoakOnly(
    'runs ticks when they are due that a process whose clock was ahead had run before',
    async () => {
      const seconds = 300;
      const ahead = await start({ AHEAD_SECONDS: String(seconds) });
      await until(async () => (await claimed()).size >= seconds, 60_000);
      ahead.signal('SIGKILL');
      await ahead.ended;
      const before = await claimed();
      await truncate(database.dataSource, 'runs');
      await start({ EVERY_SECONDS: '1' });
      const seen = async (): Promise<string[]> => (await runs()).map(({ job_id: id }) => id);
      await until(async () => (await seen()).filter((id) => before.has(id)).length >= 5, 60_000);
      const all = await seen();
      expect(new Set(all).size).toBe(all.length);
    },
    180_000,
  );

  inSoakOnly(
    'gives the job of a worker that was killed to another one before a critical alert is late',
    async () => {
      await awayFromTheHour();
      const killed = await start({ JOB_MS: '60000' });
      await until(async () => (await runs()).length === 1, 10_000);
      const other = await start();
      killed.signal('SIGKILL');
      const killedAt = Date.now();
      await until(async () => (await runs()).length === 2, TAKEOVER_MS);
      const [first, second] = await runs();
      expect(second).toMatchObject({ job_id: first?.job_id, process_id: other.pid });
      expect(Date.now() - killedAt).toBeLessThan(TAKEOVER_MS);
    },
    120_000,
  );

  it('finishes the job in flight before it stops', async () => {
    const worker = await start({ JOB_MS: '1500' });
    await until(async () => (await runs()).length === 1, 10_000);
    worker.signal('SIGTERM');
    await expect(worker.exitWithin(10_000)).resolves.toBe(0);
    expect((await runs())[0]?.ended_at).toBeInstanceOf(Date);
  });

  it('survives losing all its connections, and goes on by itself', async () => {
    const worker = await start({ EVERY_SECONDS: '1' });
    for (let time = 0; time < (inSoak ? 3 : 1); time += 1) {
      const before = (await runs()).length;
      await cutConnections();
      await until(
        async () => (await runs()).length >= before + 2,
        15_000,
        () => worker.output,
      );
    }
    expect(worker.isRunning).toBe(true);
  }, 60_000);
}
