import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { operationsOf, type Operation, type OpenApiDocument } from '../contract/operations.js';
import { API, startApp, type StartedApp } from '../support/app.js';
import { ROOT } from '../support/app-process.js';
import { sendRaw } from '../support/raw-http.js';

/** Input that once was a 500 or the end of the process; each kind on every route that takes it. */
const SECRET = 'the shared secret of these tests, long enough';
const ADMIN = { role: 'admin' };
const ID = '0189f7e2-0000-7000-8000-000000000000';

let app: StartedApp;
let operations: Operation[];

beforeAll(async () => {
  const env = { JWT_SECRET: SECRET, RATE_LIMIT_PER_MINUTE: '0', CORS_ORIGINS: 'https://admin.example' };
  app = await startApp({ env });
  operations = operationsOf((await app.request('/docs-json')).body as OpenApiDocument);
}, 60_000);
afterAll(() => app.stop(), 60_000);

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Signed with the service's own secret, whatever the parts are. */
function signed(header: string, payload: string): string {
  const content = `${base64url(header)}.${base64url(payload)}`;
  return `${content}.${createHmac('sha256', SECRET).update(content).digest('base64url')}`;
}

describe('a token that is signed, and is no JWT', () => {
  const header = '{"alg":"HS256","typ":"JWT"}';
  const cases: [string, string, string][] = [
    ['a payload of null', header, 'null'],
    ['a payload that is a number', header, '7'],
    ['a payload that is a text', header, '"admin"'],
    ['a payload that is a list', header, '[{"sub":"x"}]'],
    ['a payload that is no JSON', header, 'sub=admin'],
    ['an empty payload', header, ''],
    ['claims of odd kinds', header, '{"sub":"x","roles":["admin"],"exp":"never","nbf":{},"iat":[],"aud":7}'],
    ['a header that is a text', '"HS256"', '{"sub":"x"}'],
    ['a header that is null', 'null', '{"sub":"x"}'],
    ['a header that is no JSON', '{"alg":', '{"sub":"x"}'],
    ['an algorithm that is an object', '{"alg":{}}', '{"sub":"x"}'],
    ['a header with crit', '{"alg":"HS256","crit":["exp"]}', '{"sub":"x"}'],
  ];

  it.each(cases)('is a 401: %s', async (_, head, payload) => {
    const answer = await app.request(`${API}/events`, { token: signed(head, payload) });
    expect([answer.status, answer.body.type]).toEqual([401, 'urn:problem-type:unauthenticated']);
  });

  it('is one at the queue board as well, and the process goes on', async () => {
    for (const [, head, payload] of cases) {
      expect((await app.request('/admin/queues/api/queues', { token: signed(head, payload) })).status).toBe(401);
    }
    expect((await app.request('/health/live')).status).toBe(200);
    expect(app.process.isRunning).toBe(true);
  });
});

it.each([
  ['JSON', { 'content-type': 'application/json' }, '{"token":"x"}', 415],
  ['a JSON text', { 'content-type': 'application/json' }, '"token"', 415],
  ['null', { 'content-type': 'application/json' }, 'null', 415],
  ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 415],
  ['no form at all', {}, undefined, 400],
])('the sign-in of the board refuses %s', async (_, headers, body, status) => {
  const answer = await app.request('/admin/queues/session', { method: 'POST', headers, body });
  expect(answer.status).toBe(status);
});

describe('a cursor of a date that there is not', () => {
  const dates = ['-271821-04-20T00:00:00.000Z', '2026-02-30T00:00:00.000000Z', '0000-01-01T00:00:00Z', 'infinity'];
  const cursors = [
    ...dates.map((date) => [date, ID]),
    [-8.64e15, ID],
    ['2026-11-22T10:00:00Z', 'a\0b'],
    ['\0'],
    [null, null],
    [],
    // As the list of products makes them.
    ['AAAAAAAAAAAA', -8.64e15, 8.64e15, '1', 'p'],
  ].map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));

  it('is a 400 that names cursor, on every list', async () => {
    const lists = operations.filter(({ queryParameters }) => queryParameters.some(({ name }) => name === 'cursor'));
    expect(lists.length).toBeGreaterThan(8);
    const wrong: string[] = [];
    for (const list of lists) {
      for (const cursor of cursors) {
        const { status, body } = await app.request(`${list.url()}?cursor=${cursor}`, ADMIN);
        const isNamed = status === 400 && body.errors.some(({ path }: { path: string }) => path === 'cursor');
        if (!isNamed) wrong.push(`${list.name} ${Buffer.from(cursor, 'base64url').toString()}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a body with far too much in it', () => {
  const unknown = Object.fromEntries(Array.from({ length: 110_000 }, (_, index) => [`k${index}`, 0]));
  const bodies: [string, string][] = [
    ['150,000 items', JSON.stringify(Array(150_000).fill(0))],
    ['150,000 items in a field', JSON.stringify({ ids: Array(150_000).fill('x'), events: 0, configs: 0 })],
    ['110,000 unknown keys', JSON.stringify(unknown)],
    [
      '110,000 keys in a field',
      JSON.stringify({ channels: unknown, matchers: unknown, filters: unknown }).slice(0, 1_040_000),
    ],
    ['half a million brackets', '['.repeat(500_000)],
    ['half a million objects', '{"a":'.repeat(190_000)],
  ];

  it.each(bodies)('is refused on every route: %s', async (_, body) => {
    const headers = { 'content-type': 'application/json' };
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const answer = await app.request(operation.url(), { ...ADMIN, method: operation.method, body, headers });
      expect(`${operation.name}: ${answer.status}`).toBe(`${operation.name}: ${answer.status === 400 ? 400 : 413}`);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.text.length).toBeLessThan(20_000);
    }
  });

  it('names at most a hundred unknown fields', async () => {
    const json = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`k${index}`, 0]));
    const path = `${API}/notifications/preferences/users/tester`;
    const { status, body } = await app.request(path, { role: 'business_viewer', method: 'PUT', json });
    expect([status, body.errors.length]).toEqual([400, 100]);
  });
});

describe('with CORS_ORIGINS', () => {
  it('an unknown path is still not found, and a known one says its methods', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'PATCH']) {
      expect((await app.request('/nothing', { method })).status).toBe(404);
    }
    expect((await app.request('/health/live', { method: 'DELETE' })).status).toBe(405);
    expect((await app.request('/nothing', { method: 'OPTIONS' })).status).toBe(404);
    const preflight = { origin: 'https://admin.example', 'access-control-request-method': 'PUT' };
    expect((await app.request(`${API}/events`, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
  });
});

it.each(['host: a\r\nhost: b', 'Host: a\r\nHOST: a', 'host: a\r\nx-y: z\r\nhost: '])(
  'two Host headers are a 400: %j',
  async (headers) => {
    const answer = await sendRaw(app.url, `GET /health/live HTTP/1.1\r\n${headers}\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);
  },
);

it('an Expect that nobody knows changes nothing', async () => {
  const answer = await sendRaw(app.url, 'GET /nothing HTTP/1.1\r\nhost: a\r\nexpect: tea\r\nconnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json/);
});

it('a rejected promise that nothing handled is reported, and does not end the process', async () => {
  const lifecycle = pathToFileURL(join(ROOT, 'dist/src/platform/lifecycle/index.js')).href;
  const script = `
    import { writeSync } from 'node:fs';
    import { runService } from '${lifecycle}';
    await runService(async (stopLater) => stopLater(async () => void writeSync(1, 'stopped')));
    Promise.reject(new Error('nobody handles this'));
    setInterval(() => undefined, 1_000);
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(output).toContain('nobody handles this');
  expect([code, output]).toEqual([0, expect.stringContaining('stopped')]);
});

it('nothing of this was a fault of the service', async () => {
  expect((await app.request('/metrics')).text).not.toMatch(
    /http_request_duration_seconds_count\{[^}]*status_code="5\d\d"/,
  );
});
