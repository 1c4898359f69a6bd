import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';
import { sendRaw } from '../support/raw-http.js';

/** What is open to everybody: made once, and limited per address. */
const PER_MINUTE = 40;
const BOARD = '/admin/queues';

let app: StartedApp;
beforeAll(async () => (app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) } })), 60_000);
afterAll(() => app.stop(), 60_000);

/** The first answer that is refused, and how many were not. */
async function untilRefused(path: string, request: AppRequest = {}): Promise<{ passed: number; refusal: AppAnswer }> {
  for (let passed = 0; passed <= 3 * PER_MINUTE; passed++) {
    const answer = await app.request(path, request);
    if (answer.status === 429) return { passed, refusal: answer };
  }
  throw new Error(`${path} refused nothing.`);
}

describe('the documents', () => {
  it.each(['/docs-json', '/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui-init.js'])(
    '%s has an ETag that is answered with 304',
    async (path) => {
      const first = await app.request(path);
      const tag = first.headers.get('etag') ?? '';
      expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{20,}"$/)]);
      expect(first.headers.get('cache-control')).toBe('public, no-cache');
      const again = await app.request(path, { headers: { 'if-none-match': `W/${tag}` } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
      expect((await app.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    },
  );

  it('are compressed as the reader wants them, with the same content', async () => {
    const plain = await read('/docs-json', 'identity');
    expect(gunzipSync((await read('/docs-json', 'gzip')).body)).toEqual(plain.body);
    expect(brotliDecompressSync((await read('/docs-json', 'br, gzip')).body)).toEqual(plain.body);
    expect(JSON.parse(plain.body.toString())).toHaveProperty('openapi');
  });

  it('say 404 where there is none, and answer HEAD', async () => {
    expect((await app.request('/docs/nothing.js')).status).toBe(404);
    const head = await app.request('/docs-json', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('are limited per address, and the probes are not refused for it', async () => {
    const { refusal } = await untilRefused('/docs-json');
    expect(refusal.body).toMatchObject({ status: 429, type: 'urn:problem-type:rate-limited' });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.request('/docs/swagger-ui-bundle.js')).status).toBe(429);
    for (const path of ['/health/live', '/health/ready']) {
      for (let i = 0; i < 2 * PER_MINUTE; i++) expect((await app.request(path)).status).toBe(200);
    }
    expect((await app.request(`${API}/alerts/active`, { role: 'admin' })).status).toBe(200);
  });
});

describe('the board of queues', () => {
  it('is limited for an admin as the API is', async () => {
    const token = await app.token(['admin'], { sub: 'board-admin' });
    const { passed, refusal } = await untilRefused(`${BOARD}/api/queues`, { token });
    expect(passed).toBeGreaterThanOrEqual(PER_MINUTE);
    expect([refusal.status, refusal.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect((await app.request(`${API}/alerts/active`, { token })).status).toBe(429);
  });

  it('is limited for strangers per address, at its pages and at the sign-in', async () => {
    await untilRefused(BOARD, { headers: { accept: 'text/html' } });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.request(`${BOARD}/session`, { method: 'POST', body: 'token=x', headers })).status).toBe(429);
    expect((await app.request(`${BOARD}/api/queues`, { role: 'admin' })).status).toBe(200);
  });
});

it('metrics are closed to a loopback peer that sends a forwarding header, however rare', async () => {
  expect((await app.request('/metrics')).status).toBe(200);
  for (const name of [
    'fastly-client-ip',
    'x-appengine-user-ip',
    'x-envoy-external-address',
    'x-original-forwarded-for',
  ]) {
    expect([name, (await app.request('/metrics', { headers: { [name]: '203.0.113.7' } })).status]).toEqual([name, 401]);
  }
});

interface Read {
  readonly body: Buffer;
}

/** As it is on the wire: fetch would decompress it. */
async function read(path: string, accept: string): Promise<Read> {
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\naccept-encoding: ${accept}\r\nconnection: close\r\n\r\n`;
  const answer = await sendRaw(app.url, head);
  const [headers = ''] = answer.split('\r\n\r\n', 1);
  expect(headers).toMatch(/^HTTP\/1\.1 200 /);
  return { body: Buffer.from(answer.slice(headers.length + 4), 'latin1') };
}
