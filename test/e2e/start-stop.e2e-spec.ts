import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, startApp, type StartedApp } from '../support/app.js';
import { AppProcess, killOrphanedDatabase, until } from '../support/app-process.js';
import { inSoak, itInSoak } from '../support/soak.js';

const START_TIMEOUT_MS = 60_000;
const body = JSON.stringify({ events: [{ event_type: 'error', name: 'Broken', message: 'A test.' }] });

/** A request whose head has arrived, and whose body waits to be sent. */
async function openRequest(app: StartedApp): Promise<{ socket: Socket; answer: Promise<string> }> {
  const token = await app.token(['service']);
  const head = [
    `POST ${API}/events HTTP/1.1`,
    'host: x',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  const socket = connect(app.port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString()));
  const answer = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  socket.on('error', () => undefined);
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { socket, answer };
}

it(
  'starts on a port of its own choice, and says where it is and how to get in',
  async () => {
    const app = await startApp();
    try {
      expect(app.port).toBeGreaterThan(1023);
      const line =
        app
          .logs()
          .split('\n')
          .find((entry) => entry.includes('Listening on')) ?? '';
      expect(JSON.parse(line)).toMatchObject({
        url: app.url,
        docs: `${app.url}/docs`,
        token: 'npm run token -- --role admin',
      });
      expect((await app.request('/health/live')).body).toEqual({ status: 'alive' });
      const { body: readiness } = await app.request('/health/ready');
      expect(readiness).toEqual({ status: 'ready', components: { database: 'up', migrations: 'up', queue: 'up' } });
      expect(app.process.stderr).toBe('');
    } finally {
      expect(await app.stop()).toBe(0);
    }
  },
  START_TIMEOUT_MS,
);

it.each(inSoak ? (['SIGTERM', 'SIGINT'] as const) : (['SIGTERM'] as const))(
  'on %s finishes the request in flight, then ends with 0, and has nothing to warn of',
  async (signal) => {
    const app = await startApp();
    const { socket, answer } = await openRequest(app);
    app.process.signal(signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(app.process.isRunning).toBe(true);
    socket.write(body.slice(10));
    expect(await answer).toMatch(/^HTTP\/1\.1 202 [\s\S]*"accepted":1/);
    expect(await app.process.exitWithin(30_000)).toBe(0);
    await expect(app.request('/health/live')).rejects.toThrow();
    expect(
      app
        .logs()
        .split('\n')
        .filter((line) => /"level":"(warn|error)"/.test(line)),
    ).toEqual([]);
    await app.stop();
  },
  START_TIMEOUT_MS,
);

itInSoak(
  'ends at once on a second signal',
  async () => {
    const app = await startApp();
    await openRequest(app);
    app.process.signal('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    app.process.signal('SIGTERM');
    expect(await app.process.exitWithin(3_000)).toBe(1);
    await app.stop();
  },
  START_TIMEOUT_MS,
);

itInSoak(
  'does not let a request that never ends hold up the shutdown',
  async () => {
    const app = await startApp();
    const { answer } = await openRequest(app);
    app.process.signal('SIGTERM');
    expect(await app.process.exitWithin(25_000)).toBe(0);
    expect(await answer).not.toContain('202');
    await app.stop();
  },
  START_TIMEOUT_MS,
);

itInSoak(
  'says so when the port is taken, ends with 1, and stops what it had started',
  async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = (taken.address() as AddressInfo).port;
    const dataDir = await mkdtemp(join(tmpdir(), 'analytics-test-'));
    const app = new AppProcess('src/main.js', { DATA_DIR: dataDir, PORT: String(port) });
    expect(await app.exitWithin(START_TIMEOUT_MS)).toBe(1);
    expect(app.stderr).toContain(`Port ${port} of 127.0.0.1 is in use. Set PORT to another one`);
    expect(app.stderr).not.toContain('    at ');
    expect(app.stdout).toContain('Stopped the embedded database.');
    await new Promise((resolve) => taken.close(resolve));
    await killOrphanedDatabase(dataDir);
    await rm(dataDir, { recursive: true });
  },
  START_TIMEOUT_MS,
);

it.each([
  ['HOST', '203.0.113.7', /is not an address of this machine/],
  ['DATABASE_URL', 'postgres://me:hunter2@127.0.0.1:1/none', /127\.0\.0\.1/],
])(
  'ends with 1 and a hint for %s=%s',
  async (name, value, message) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'analytics-test-'));
    const app = new AppProcess('src/main.js', { DATA_DIR: dataDir, PORT: '0', [name]: value });
    expect(await app.exitWithin(START_TIMEOUT_MS)).toBe(1);
    expect(app.stderr).toMatch(message);
    expect(app.output).not.toContain('hunter2');
    await killOrphanedDatabase(dataDir);
    await rm(dataDir, { recursive: true });
  },
  START_TIMEOUT_MS,
);

itInSoak(
  'as a worker answers probes and metrics, and nothing else',
  async () => {
    const app = await startApp({ env: { APP_ROLE: 'worker' } });
    try {
      for (const path of ['/health/live', '/health/ready', '/metrics'])
        expect((await app.request(path)).status).toBe(200);
      for (const path of [`${API}/business/overview`, `${API}/events`, '/docs', '/docs-json', '/nothing']) {
        expect([path, (await app.request(path, { role: 'admin' })).status]).toEqual([path, 404]);
      }
    } finally {
      await app.stop();
    }
  },
  START_TIMEOUT_MS,
);

itInSoak(
  'sends traffic elsewhere while it drains',
  async () => {
    const app = await startApp();
    const { socket, answer } = await openRequest(app);
    const idle = connect(app.port, '127.0.0.1');
    let received = '';
    idle.on('data', (data) => (received += data.toString())).on('error', () => undefined);
    idle.write('GET /health/live HTTP/1.1\r\nhost: x\r\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    app.process.signal('SIGTERM');
    await until(() => !app.process.isRunning || app.logs().length >= 0, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    idle.write('\r\n');
    socket.write(body.slice(10));
    expect(await answer).toContain('202');
    expect(await app.process.exitWithin(30_000)).toBe(0);
    expect(received).toMatch(/^(HTTP\/1\.1 (200|503)|$)/);
    await app.stop();
  },
  START_TIMEOUT_MS,
);
