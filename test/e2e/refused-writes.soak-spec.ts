import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { API, startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import { freePort, hasRedis, openTestRedis, type TestRedis } from '../support/redis.js';

jest.setTimeout(180_000);

/** As API.md has it: what is wrong shows within ten seconds. */
const SHOWN_WITHIN_MS = 10_000;
const BACK_WITHIN_MS = 20_000;

interface Shown {
  readonly ready: number;
  readonly notReady: readonly string[];
  readonly status: string;
  readonly components: Readonly<Record<string, { status: string; detail: string }>>;
}

async function shown(app: StartedApp): Promise<Shown> {
  const [ready, overview] = await Promise.all([
    app.request('/health/ready'),
    app.request(`${API}/health/overview`, { role: 'admin' }),
  ]);
  const components = ready.body.components as Record<string, string>;
  return {
    ready: ready.status,
    notReady: Object.keys(components).filter((name) => components[name] === 'down'),
    status: overview.body.status as string,
    components: overview.body.components as Shown['components'],
  };
}

async function untilShown(app: StartedApp, holds: (seen: Shown) => boolean, ms: number): Promise<Shown> {
  let seen: Shown | undefined;
  await until(
    async () => holds((seen = await shown(app))),
    ms,
    () => JSON.stringify(seen, null, 2),
  );
  return seen!;
}

const anEvent = {
  events: [{ event_type: 'api_request', method: 'GET', route: '/a', status_code: 200, duration_ms: 1 }],
};

async function expectProblem(app: StartedApp, path: string, status: number, json?: unknown): Promise<void> {
  const answer = await app.request(path, { role: 'admin', ...(json !== undefined && { json }) });
  expect([answer.status, answer.headers.get('content-type')?.split(';')[0], answer.body.status]).toEqual([
    status,
    'application/problem+json',
    status,
  ]);
}

(hasRedis ? describe : describe.skip)('a Redis that refuses writes', () => {
  let redis: TestRedis;
  let app: StartedApp;

  beforeAll(async () => {
    redis = await openTestRedis();
    app = await startApp({ env: { REDIS_URL: redis.url } });
  });

  afterAll(async () => {
    await app.stop();
    await redis.stop();
  });

  it.each([
    ['its memory is used up', [['CONFIG', 'SET', 'maxmemory', '1']], [['CONFIG', 'SET', 'maxmemory', '0']], /OOM/],
    ['it is a replica', [['REPLICAOF', '127.0.0.1', '1']], [['REPLICAOF', 'NO', 'ONE']], /READONLY/],
  ])('because %s shows in both, and so does that it takes them again', async (_, breaks, mends, reason) => {
    const client = createClient({ url: redis.url });
    await client.connect();
    try {
      for (const command of breaks) await client.sendCommand(command);
      const seen = await untilShown(
        app,
        ({ ready, components }) => ready === 503 && components['queue']?.status === 'down',
        SHOWN_WITHIN_MS,
      );
      expect(seen).toMatchObject({ notReady: ['queue'], status: 'degraded' });
      expect(seen.components['queue']?.detail).toMatch(reason);
      expect(seen.components['cache']?.status).toBe('down');
    } finally {
      for (const command of mends) await client.sendCommand(command);
      await client.disconnect();
    }
    await untilShown(
      app,
      ({ ready, components }) =>
        ready === 200 && components['queue']?.status === 'healthy' && components['cache']?.status === 'healthy',
      BACK_WITHIN_MS,
    );
  });
});

describe('a log that cannot be written', () => {
  it('shows in the overview and in a metric; requests are answered as ever, errors as problem+json', async () => {
    const app = await startApp({ logFile: '/dev/full', port: await freePort() });
    try {
      const { components } = await untilShown(
        app,
        (seen) => seen.components['api']?.status === 'degraded',
        SHOWN_WITHIN_MS,
      );
      expect(components['api']?.detail).toMatch(/The log cannot be written \(ENOSPC\); lines lost so far: \d+\./);
      expect((await app.request(`${API}/events`, { role: 'service', json: anEvent })).status).toBe(202);
      expect((await app.request(`${API}/business/overview`, { role: 'admin' })).status).toBe(200);
      await expectProblem(app, `${API}/nothing-here`, 404);
      await expectProblem(app, `${API}/health/api?sort=odd`, 400);
      const { text } = await app.request('/metrics');
      expect(Number(/^log_lines_lost_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    } finally {
      expect(await app.stop()).toBe(0);
    }
  });
});

const isRoot = process.getuid?.() === 0 || explainAbsence();

function explainAbsence(): false {
  process.stderr.write('Only root can make a small disk: tests on a full one are skipped.\n');
  return false;
}

(isRoot ? describe : describe.skip)('a full disk, with the database and the log on it', () => {
  const disk = mkdtempSync(join(tmpdir(), 'analytics-test-disk-'));
  let app: StartedApp;

  beforeAll(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk]);
    // The embedded database does not run as root.
    chmodSync(disk, 0o777);
    const env = { DATABASE_URL: '', REDIS_URL: '' };
    app = await startApp({ env, dataDir: join(disk, 'data'), logFile: join(disk, 'log'), port: await freePort() });
  });

  afterAll(async () => {
    await app?.stop();
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });

  it('shows in both, is told as problem+json, and is over once there is room again', async () => {
    await untilShown(app, ({ ready }) => ready === 200, BACK_WITHIN_MS);
    fillUp(join(disk, 'fill'));
    const seen = await untilShown(
      app,
      ({ ready, components }) => ready === 503 && components['database']?.status === 'down',
      SHOWN_WITHIN_MS,
    );
    expect(seen).toMatchObject({ notReady: ['database'], status: 'down' });
    expect(seen.components['database']?.detail).toBe('It answers, and refuses writes: its disk is full.');
    expect(seen.components['api']?.detail).toMatch(/The log cannot be written/);
    await expectProblem(app, `${API}/nothing-here`, 404);
    rmSync(join(disk, 'fill'));
    await untilShown(
      app,
      ({ ready, components }) => ready === 200 && components['database']?.status === 'healthy',
      BACK_WITHIN_MS,
    );
    expect((await app.request(`${API}/events`, { role: 'service', json: anEvent })).status).toBe(202);
  });
});

function fillUp(path: string): void {
  const block = Buffer.alloc(1_048_576);
  for (const size of [block.length, 4_096]) {
    try {
      for (;;) writeFileSync(path, block.subarray(0, size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
