import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { API, startApp, type StartedApp } from '../support/app.js';
import { ROOT } from '../support/app-process.js';
import { sendRaw } from '../support/raw-http.js';

const EVENTS = `${API}/events`;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const event = { event_type: 'error', name: 'Broken', message: 'A test.' };

let app: StartedApp;
beforeAll(async () => (app = await startApp()), 60_000);
afterAll(() => app.stop(), 60_000);

interface Operation {
  summary?: string;
  security?: object[];
  responses: Record<string, { content?: object }>;
}

/** Status and problem of a raw answer. */
function readRaw(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    head: head.toLowerCase(),
    problem: body === '' ? undefined : JSON.parse(body),
  };
}

describe('the correlation id', () => {
  it.each([
    ['of the request', { 'x-correlation-id': 'mine:1' }, /^mine:1$/],
    ['of the trace', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, new RegExp(`^${TRACE}$`)],
    [
      'of the trace, when the request’s own is not valid',
      { 'x-correlation-id': 'a b', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
      new RegExp(`^${TRACE}$`),
    ],
    ['is new without either', {}, UUID],
    ['is new when neither is valid', { 'x-correlation-id': 'x'.repeat(129), traceparent: 'garbage' }, UUID],
  ])('%s is on every answer', async (_what, headers, expected) => {
    for (const path of ['/health/live', EVENTS, '/nothing', `${API}/business/overview?x=1`, '/docs', '/metrics']) {
      const answer = await app.request(path, { headers });
      expect(answer.headers.get('x-correlation-id')).toMatch(expected);
      if (answer.status >= 400) expect(answer.body.correlation_id).toBe(answer.headers.get('x-correlation-id'));
    }
  });

  it('is stored with the events of the request', async () => {
    const headers = { 'x-correlation-id': 'stored-with-event' };
    expect((await app.request(EVENTS, { role: 'service', json: { events: [event] }, headers })).status).toBe(202);
    const { body } = await app.request(`${EVENTS}?correlation_id=stored-with-event`, { role: 'admin' });
    expect(body.items).toHaveLength(1);
  });
});

describe('a request that is hardly HTTP', () => {
  it.each<[string, number, string[]]>([
    ['no HTTP at all', 400, ['hello\r\n\r\n']],
    ['an unknown method', 400, ['GRAB / HTTP/1.1\r\nhost: x\r\n\r\n']],
    ['a header with a control character', 400, ['GET / HTTP/1.1\r\nhost: x\r\nx-a: a\u0001b\r\n\r\n']],
    ['a header without a name', 400, ['GET / HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n']],
    ['a content length that is none', 400, ['POST /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n']],
    [
      'two content lengths',
      400,
      ['POST /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    ],
    [
      'length and chunks (request smuggling)',
      400,
      ['POST /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ],
    ['headers without end', 431, [`GET / HTTP/1.1\r\nhost: x\r\nx-a: ${'x'.repeat(17_000)}\r\n\r\n`]],
  ])('is a problem: %s', async (_what, status, chunks) => {
    const { status: got, head, problem } = readRaw(await sendRaw(app.url, ...chunks));
    expect([got, problem?.status]).toEqual([status, status]);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain(`x-correlation-id: ${problem.correlation_id}`);
  });

  it('is answered by 404 for the server as a whole (OPTIONS *)', async () => {
    expect(readRaw(await sendRaw(app.url, 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).status).toBe(
      404,
    );
  });

  it('is given up when its headers do not come to an end', async () => {
    const startedAt = Date.now();
    const { status, problem } = readRaw(await sendRaw(app.url, 'GET /health/live HTTP/1.1\r\nhost: x\r\n'));
    expect([status, problem.type]).toEqual([408, 'urn:problem-type:request-timeout']);
    expect(Date.now() - startedAt).toBeLessThan(25_000);
  }, 40_000);

  it('leaves the others alone', async () => {
    expect((await app.request('/health/live')).status).toBe(200);
  });
});

describe('POST /events', () => {
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    app.request(EVENTS, { role: 'service', body, headers: { 'content-type': 'application/json', ...headers } });
  const batch = (bytes: number): string => JSON.stringify({ events: [{ ...event, message: 'x'.repeat(bytes) }] });

  it('takes gzip, and a byte order mark', async () => {
    const json = JSON.stringify({ events: [event] });
    expect((await post(gzipSync(json), { 'content-encoding': 'gzip' })).body).toMatchObject({ accepted: 1 });
    expect((await post(`\ufeff${json}`)).body).toMatchObject({ accepted: 1 });
  });

  it('reads 10 MiB, and no more, compressed or not', async () => {
    const fits = batch(10_400_000);
    const tooLarge = batch(10_600_000);
    expect((await post(fits)).status).toBe(422); // Read; the one event is too large by itself.
    expect((await post(gzipSync(fits), { 'content-encoding': 'gzip' })).status).toBe(422);
    expect((await post(tooLarge)).status).toBe(413);
    expect((await post(gzipSync(tooLarge), { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('does not unfold a bomb', async () => {
    const before = await residentBytes();
    const bomb = gzipSync(Buffer.alloc(400_000_000, 0x20), { level: 9 });
    expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await residentBytes()) - before).toBeLessThan(100_000_000);
  }, 60_000);

  it.each<[string, number, string | Uint8Array, Record<string, string>]>([
    ['JSON that is cut off', 400, '{"events":[', {}],
    ['invalid UTF-8', 400, Buffer.from([0x7b, 0xff, 0x7d]), {}],
    ['deflate', 415, '{}', { 'content-encoding': 'deflate' }],
    ['NDJSON', 415, '{}', { 'content-type': 'application/x-ndjson' }],
    ['latin1', 415, '{}', { 'content-type': 'application/json; charset=iso-8859-1' }],
    ['a query parameter', 400, '{"events":[]}', {}],
  ])('refuses %s', async (what, status, body, headers) => {
    const path = what === 'a query parameter' ? `${EVENTS}?dry_run=1` : EVENTS;
    const answer = await app.request(path, {
      role: 'service',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('leaves names that would poison a prototype to the event’s own check', async () => {
    const { status, body } = await post(
      '{"events":[{"event_type":"error","name":"a","message":"b","__proto__":{"x":1}}]}',
    );
    expect([status, body.accepted]).toEqual([422, 0]);
    expect(body.rejected[0].errors.length).toBeGreaterThan(0);
  });

  it('refuses a stranger before it reads the body', async () => {
    const head = `POST ${EVENTS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000000\r\nconnection: close\r\n\r\n`;
    expect(readRaw(await sendRaw(app.url, head, '{"events":[')).status).toBe(401);
  });
});

async function residentBytes(): Promise<number> {
  const { text } = await app.request('/metrics');
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

describe('a list', () => {
  it.each([
    'limit=0',
    'limit=201',
    'limit=1e2',
    'limit=05',
    'limit=%205',
    'limit=1&limit=2',
    'cursor=garbage',
    'cursor=',
    'colour=red',
    'From=x',
  ])('refuses ?%s by name', async (query) => {
    const answer = await app.request(`${EVENTS}?${query}`, { role: 'admin' });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, query.split('=')[0]]);
  });

  it('takes a page of 1 and of 200', async () => {
    for (const limit of [1, 200]) {
      expect((await app.request(`${EVENTS}?limit=${limit}`, { role: 'admin' })).status).toBe(200);
    }
  });
});

describe('every documented route', () => {
  it('is in the document that is committed', async () => {
    const { body } = await app.request('/docs-json');
    expect(body).toEqual(JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')));
  });

  it('has its whole path, an access rule, and problems for its errors', async () => {
    const { body } = await app.request('/docs-json');
    for (const [path, methods] of Object.entries<Record<string, Operation>>(body.paths)) {
      expect(path).toMatch(/^\/(api\/v1\/analytics\/|health\/(live|ready)$|metrics$)/);
      for (const operation of Object.values(methods)) {
        if (!path.startsWith(API)) continue;
        expect(operation.summary).toBeTruthy();
        expect(operation.security).toEqual([{ bearer: [] }]);
        expect(operation.responses['401']?.content).toHaveProperty(['application/problem+json']);
      }
    }
  });

  it('refuses a stranger', async () => {
    const { body } = await app.request('/docs-json');
    for (const [path, methods] of Object.entries<object>(body.paths)) {
      if (!path.startsWith(API)) continue;
      for (const method of Object.keys(methods)) {
        const answer = await app.request(path.replaceAll(/\{\w+\}/g, 'x'), { method: method.toUpperCase() });
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
  });
});
