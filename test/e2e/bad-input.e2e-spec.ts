import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';

/** Bad input over real HTTP: each case gets its documented answer, none a 5xx, and none leaves half an event behind. */
let app: StartedApp;
beforeAll(async () => {
  app = await startApp();
}, 60_000);
afterAll(async () => {
  await app.stop();
}, 60_000);

const EVENTS = `${API}/events`;
const JSON_TYPE = { 'content-type': 'application/json' };
const GZIP = { ...JSON_TYPE, 'content-encoding': 'gzip' };
const DAY_MS = 86_400_000;

const request = {
  event_type: 'api_request',
  method: 'GET',
  route: '/products/:id',
  status_code: 200,
  duration_ms: 12.5,
};
const job = { event_type: 'ml_job', pipeline: '3d', provider: 'tripo', status: 'succeeded', duration_ms: 7_000 };
const line = { product_id: 'p1', quantity: 1, unit_price: 9.99 };
const order = { event_type: 'order', order_id: 'o1', status: 'placed', currency: 'USD', total: 9.99, items: [line] };
const visit = { event_type: 'storefront', name: 'page_view', session_id: 's1' };
const stock = { event_type: 'inventory', product_id: 'p1', quantity: 3 };
const failure = { event_type: 'error', name: 'TypeError', message: 'it broke' };

const instant = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
const id = (): string => randomUUID();
const json = (event: unknown): string => JSON.stringify({ events: [event] });
/** JSON that JSON.stringify would not write. */
const raw = (fields: string, event: object = request): string =>
  `{"events":[{${JSON.stringify(event).slice(1, -1)},${fields}}]}`;
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

type Body = string | Uint8Array;
const post = (body: Body, headers: Record<string, string> = JSON_TYPE): Promise<AppAnswer> =>
  app.request(EVENTS, { method: 'POST', role: 'service', body, headers });

async function allOf(path: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await app.request(`${path}?limit=200${cursor && `&cursor=${cursor}`}`, { role: 'admin' });
    expect(page.status).toBe(200);
    items.push(...(page.body.items as Record<string, unknown>[]));
    cursor = page.body.next_cursor as string | null;
  }
  return items;
}

describe('a request that cannot be read is refused as a whole', () => {
  it.each<[string, number, Body, Record<string, string>?, string?]>([
    ['no JSON', 400, 'event=1'],
    ['JSON that is cut off', 400, json(request).slice(0, -3)],
    ['two JSON texts', 400, `${json(request)}${json(request)}`],
    ['an empty body', 400, ''],
    ['NaN', 400, raw('"user_id":NaN')],
    ['Infinity', 400, raw('"user_id":-Infinity')],
    ['a number with a leading zero', 400, raw('"user_id":01')],
    ['a raw control character in a text', 400, raw('"user_id":"a\u0000b"')],
    ['a trailing comma', 400, '{"events":[],}'],
    ['invalid UTF-8', 400, Buffer.from([...Buffer.from(json(request).slice(0, 30)), 0xff, 0xfe])],
    [
      'a surrogate half encoded as UTF-8',
      400,
      Buffer.concat([Buffer.from('{"events":["'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"]}')]),
    ],
    ['UTF-16', 400, Buffer.from(json(request), 'utf16le')],
    ['an array', 400, JSON.stringify([request])],
    ['null', 400, 'null'],
    ['a text', 400, '"events"'],
    ['no events', 400, '{}', JSON_TYPE, 'events'],
    ['an empty list of events', 400, '{"events":[]}', JSON_TYPE, 'events'],
    ['events that are no list', 400, JSON.stringify({ events: request }), JSON_TYPE, 'events'],
    ['1,001 events', 400, JSON.stringify({ events: Array(1_001).fill(request) }), JSON_TYPE, 'events'],
    ['an unknown field beside events', 400, JSON.stringify({ events: [request], batch_id: 1 }), JSON_TYPE, 'batch_id'],
    [
      '__proto__ beside events',
      400,
      `{"events":[${JSON.stringify(request)}],"__proto__":{"a":1}}`,
      JSON_TYPE,
      '__proto__',
    ],
    ['sent_at as a number', 400, JSON.stringify({ events: [request], sent_at: 1763800000 }), JSON_TYPE, 'sent_at'],
    [
      'sent_at without offset',
      400,
      JSON.stringify({ events: [request], sent_at: '2026-11-22T10:00:00' }),
      JSON_TYPE,
      'sent_at',
    ],
    ['a query parameter', 400, json(request), { ...JSON_TYPE, 'x-query': '?dry_run=true' }, 'dry_run'],
    ['gzip that is none', 400, json(request), GZIP],
    ['gzip that is cut off', 400, gzipSync(json(request)).subarray(0, 60), GZIP],
    ['another compression', 415, json(request), { ...JSON_TYPE, 'content-encoding': 'br' }],
    ['a gzip bomb', 413, gzipSync(Buffer.alloc(200 * 1024 * 1024, ' ')), GZIP],
    ['more than 10 MiB', 413, Buffer.alloc(10 * 1024 * 1024 + 1, ' ')],
    ['a form', 415, 'events=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', 415, json(request), { 'content-type': 'text/plain' }],
    ['another character set', 415, json(request), { 'content-type': 'application/json; charset=latin1' }],
  ])('%s: %i', async (_, status, body, headers = JSON_TYPE, path = undefined) => {
    const { 'x-query': query = '', ...sent } = headers;
    const answer = await app.request(`${EVENTS}${query}`, { method: 'POST', role: 'service', body, headers: sent });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    if (path) expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
  });

  it('stores nothing of it', async () => {
    expect(await allOf(EVENTS)).toEqual([]);
    expect(await allOf(`${EVENTS}/rejected`)).toEqual([]);
  });
});

describe('an event that breaks the contract is refused by name, and kept as a dead letter', () => {
  const cases: [string, string, string][] = [
    ['a text', json('event'), ''],
    ['a list', json([request]), ''],
    ['null', json(null), ''],
    ['no type', json({ route: '/' }), '.event_type'],
    ['an unknown type', json({ ...request, event_type: 'pageview' }), '.event_type'],
    ['a type of Object.prototype', json({ ...request, event_type: 'constructor' }), '.event_type'],
    ['a type that is a list', json({ ...request, event_type: ['api_request'] }), '.event_type'],
    [
      'an alert from outside',
      json({ event_type: 'alert', alert_id: id(), config_id: id(), severity: 'info', state: 'x' }),
      '.event_type',
    ],
    ['a missing field', json({ ...request, route: undefined }), '.route'],
    ['an unknown field', json({ ...request, rout: '/' }), '.rout'],
    ['a field of another type', json({ ...visit, total: 1 }), '.total'],
    ['null for a field', json({ ...request, service: null }), '.service'],
    ['an object for a text', json({ ...request, route: {} }), '.route'],
    ['a number for a text', json({ ...request, user_id: 7 }), '.user_id'],
    ['a text for a number', json({ ...request, duration_ms: '12' }), '.duration_ms'],
    ['a text for a flag', json({ ...order, test: 'true' }), '.test'],
    ['an empty text', json({ ...request, method: '' }), '.method'],
    ['a text too long', json({ ...request, user_id: 'u'.repeat(201) }), '.user_id'],
    ['a message over 8 KiB', json({ ...failure, message: 'm'.repeat(8_193) }), '.message'],
    ['a status below HTTP', json({ ...request, status_code: 99 }), '.status_code'],
    ['a status above HTTP', json({ ...request, status_code: 600 }), '.status_code'],
    ['a status with a fraction', json({ ...request, status_code: 200.5 }), '.status_code'],
    ['a negative duration', json({ ...request, duration_ms: -0.001 }), '.duration_ms'],
    ['an infinite duration', raw('"duration_ms":1e999', { ...request, duration_ms: undefined }), '.duration_ms'],
    ['a duration in nanoseconds', json({ ...request, duration_ms: 5e9 }), '.duration_ms'],
    ['an unknown pipeline', json({ ...job, pipeline: '4d' }), '.pipeline'],
    ['an unknown status of a job', json({ ...job, status: 'ok' }), '.status'],
    ['a cost beyond all measure', json({ ...job, cost_usd: 1e300 }), '.cost_usd'],
    ['half a retry', json({ ...job, retries: 0.5 }), '.retries'],
    ['retries beyond 32 bits', json({ ...job, retries: 2 ** 40 }), '.retries'],
    ['an unknown currency', json({ ...order, currency: 'XBT' }), '.currency'],
    ['a currency in small letters', json({ ...order, currency: 'usd' }), '.currency'],
    ['a negative total', json({ ...order, total: -1 }), '.total'],
    ['a total of 16 digits', raw('"total":1234567890123456', { ...order, total: undefined }), '.total'],
    ['a huge total', raw('"total":1e300', { ...order, total: undefined }), '.total'],
    ['a negative discount', json({ ...order, discount: -1 }), '.discount'],
    ['an unknown status of an order', json({ ...order, status: 'shipped' }), '.status'],
    ['a line of nothing', json({ ...order, items: [{ ...line, quantity: 0 }] }), '.items[0].quantity'],
    [
      'a line with a negative price',
      json({ ...order, items: [line, { ...line, unit_price: -1 }] }),
      '.items[1].unit_price',
    ],
    ['an unknown field in a line', json({ ...order, items: [{ ...line, sku: 1 }] }), '.items[0].sku'],
    [
      'a prototype key in a line',
      raw(`"items":[{"product_id":"p","quantity":1,"unit_price":1,"__proto__":{}}]`, { ...order, items: undefined }),
      '.items[0].__proto__',
    ],
    ['lines that are no list', json({ ...order, items: line }), '.items'],
    ['1,001 lines', json({ ...order, items: Array(1_001).fill(line) }), '.items'],
    ['more than 128 KiB', json({ ...order, items: Array(500).fill({ ...line, name: 'n'.repeat(400) }) }), ''],
    ['an unknown step of a visit', json({ ...visit, name: 'scroll' }), '.name'],
    ['a collection without a letter', json({ ...visit, collection: ' - ' }), '.collection'],
    ['a quantity that is no number', raw('"quantity":1e999', { ...stock, quantity: undefined }), '.quantity'],
    ['properties that are a list', json({ ...request, properties: [] }), '.properties'],
    ['properties over 8 KiB', json({ ...request, properties: { a: 'x'.repeat(8_192) } }), '.properties'],
    ['properties nested 33 deep', raw(`"properties":${nested(33)}`), `.properties${'.a'.repeat(32)}`],
    ['properties nested 900 deep', raw(`"properties":${nested(900)}`), `.properties${'.a'.repeat(32)}`],
    ['a prototype key', raw('"__proto__":{"admin":true}'), '.__proto__'],
    ['a constructor key', raw('"constructor":{"prototype":{}}'), '.constructor'],
    [
      'a prototype key in properties',
      raw('"properties":{"a":{"__proto__":{"admin":true}}}'),
      '.properties.a.__proto__',
    ],
    ['a constructor key in properties', raw('"properties":{"constructor":1}'), '.properties.constructor'],
    ['an infinite number in properties', raw('"properties":{"n":1e400}'), '.properties.n'],
    ['an integer beyond 2^53 in properties', raw('"properties":{"n":[12345678901234567890]}'), '.properties.n[0]'],
    ['NUL in a text', raw('"user_id":"a\\u0000b"'), '.user_id'],
    ['NUL in a key', raw('"properties":{"a\\u0000":1}'), '.properties.a\uFFFD'],
    ['NUL in a line', json({ ...order, items: [{ ...line, name: 'a\0' }] }), '.items[0].name'],
    ['half a surrogate pair', raw('"user_id":"\\ud83d"'), '.user_id'],
    ['the other half', raw('"properties":{"a":"\\udc00"}'), '.properties.a'],
    ['an id that is no UUID', json({ ...request, event_id: '42', occurred_at: instant(0) }), '.event_id'],
    ['an id that is a number', json({ ...request, event_id: 42, occurred_at: instant(0) }), '.event_id'],
    ['an id without a time', json({ ...request, event_id: id() }), '.occurred_at'],
    ['seconds since 1970', json({ ...request, occurred_at: Math.floor(Date.now() / 1000) }), '.occurred_at'],
    ['milliseconds as a text', json({ ...request, occurred_at: String(Date.now()) }), '.occurred_at'],
    ['a local time', json({ ...request, occurred_at: instant(0).slice(0, -1) }), '.occurred_at'],
    ['a date', json({ ...request, occurred_at: instant(0).slice(0, 10) }), '.occurred_at'],
    ['30 February', json({ ...request, occurred_at: '2026-02-30T10:00:00Z' }), '.occurred_at'],
    ['25 o’clock', json({ ...request, occurred_at: '2026-11-20T25:00:00Z' }), '.occurred_at'],
    ['tomorrow', json({ ...request, occurred_at: instant(DAY_MS) }), '.occurred_at'],
    ['six minutes ahead', json({ ...request, occurred_at: instant(360_000) }), '.occurred_at'],
    ['a UUIDv7 from the future', json({ ...request, event_id: '7fffffff-ffff-7000-8000-000000000000' }), '.event_id'],
    ['801 days ago', json({ ...request, occurred_at: instant(-801 * DAY_MS) }), '.occurred_at'],
    ['the year 1', json({ ...request, occurred_at: '0001-01-01T00:00:00Z' }), '.occurred_at'],
    ['the year 275760', json({ ...request, occurred_at: '+275760-09-13T00:00:00Z' }), '.occurred_at'],
  ];

  it.each(cases)('%s', async (_, body, path) => {
    const answer = await post(body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      accepted: 0,
      duplicates: 0,
      rejected: [expect.objectContaining({ index: 0, errors: expect.any(Array) })],
    });
    expect(answer.body.rejected[0].errors).toContainEqual({ path: `events[0]${path}`, message: expect.any(String) });
  });

  it('stores none of them, and a dead letter of each', async () => {
    expect(await allOf(EVENTS)).toEqual([]);
    const letters = await allOf(`${EVENTS}/rejected`);
    expect(letters).toHaveLength(cases.length);
    for (const letter of letters) {
      expect(letter).toMatchObject({ index: 0, submitted_by: 'tester' });
      expect(Buffer.byteLength(letter.body as string)).toBeLessThanOrEqual(8 * 1024);
    }
  });
});

describe('what looks bad and is not', () => {
  it.each<[string, Body, Record<string, string>?]>([
    ['emoji and every kind of escape', json({ ...failure, message: '🌹 \t\n\r\\ " \u0001 \u2028 \\N \\.' })],
    ['an empty message', json({ ...failure, message: '' })],
    ['a NUL that is only spelled out', raw('"user_id":"\\\\u0000"')],
    ['properties nested 32 deep', raw(`"properties":${nested(32)}`)],
    ['a name of a property twice', raw('"properties":{"a":1,"a":2}')],
    ['a free order', json({ ...order, total: 0, items: [] })],
    ['the noise of a sum of doubles', json({ ...order, total: 0.1 + 0.2 })],
    ['a cost in exponent notation', raw('"cost_usd":7.5e-6', job)],
    ['stock below nothing', json({ ...stock, quantity: -2.5 })],
    ['nanoseconds', json({ ...request, occurred_at: instant(0).replace('Z', '456789Z') })],
    ['an offset of half an hour', json({ ...request, occurred_at: instant(5.5 * 3_600_000).replace('Z', '+05:30') })],
    ['four minutes ahead', json({ ...request, occurred_at: instant(240_000) })],
    ['799 days ago', json({ ...request, occurred_at: instant(-799 * DAY_MS) })],
    ['a byte order mark', `\ufeff${json(request)}`],
    ['gzip', gzipSync(json(request)), GZIP],
    ['a skewed clock', JSON.stringify({ events: [request], sent_at: instant(-3_600_000) })],
  ])('%s is taken', async (_, body, headers = JSON_TYPE) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] });
  });

  it('says how far the sender’s clock is off', async () => {
    const answer = await post(JSON.stringify({ events: [request], sent_at: instant(-3_600_000) }));
    expect(answer.body.clock_skew_ms).toBeLessThan(-3_590_000);
    expect(answer.body.clock_skew_ms).toBeGreaterThan(-3_660_000);
  });

  it('takes the good ones of a bad batch, the first of two equal ones, and counts repeats', async () => {
    const event = { ...request, event_id: id(), occurred_at: instant(0) };
    const batch = JSON.stringify({ events: [event, { ...request, status_code: 1 }, event, null, request] });
    const first = await post(batch);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ accepted: 2, duplicates: 1, rejected: [{ index: 1 }, { index: 3 }] });
    const again = await post(JSON.stringify({ events: [event, event] }));
    expect([again.status, again.body]).toEqual([202, { accepted: 0, duplicates: 2, rejected: [] }]);
  });

  it.each<[string, string, RegExp]>([
    ['2,000 levels', nested(2_000), /deeper than 1,000 levels/],
    ['100,000 levels', nested(100_000), /deeper than 1,000 levels/],
    ['30,000 items', `{"a":[${'0,'.repeat(30_000)}0]}`, /at most 20,000 keys and array items/],
    [
      '21,000 keys',
      `{${Array.from({ length: 21_000 }, (_, index) => `"${index}":1`).join(',')}}`,
      /at most 20,000 keys/,
    ],
    ['NUL and levels', `{"b":"\0","a":${nested(2_000)}}`, /deeper than 1,000 levels/],
  ])('spares the events beside one with properties of %s', async (_, properties, message) => {
    const bad = `{${JSON.stringify(request).slice(1, -1)},"properties":${properties}}`;
    const answer = await post(`{"events":[${JSON.stringify(request)},${bad},${JSON.stringify(request)}]}`);
    expect(answer.status).toBe(202);
    const errors = [{ path: 'events[1]', message: expect.stringMatching(message) }];
    expect(answer.body).toEqual({ accepted: 2, duplicates: 0, rejected: [{ index: 1, errors }] });
    const { body } = await app.request(`${EVENTS}/rejected?limit=1`, { role: 'admin' });
    const [letter] = body.items as { body: string; body_truncated: boolean }[];
    expect(bad.replaceAll('\0', '\uFFFD').startsWith(letter!.body)).toBe(true);
    expect(letter!.body.length).toBeGreaterThan(8_000);
    expect(letter!.body_truncated).toBe(true);
    const alone = await post(`{"events":[${bad}]}`);
    expect([alone.status, alone.body.rejected]).toEqual([422, [{ index: 0, errors: [expect.anything()] }]]);
  });

  it('is all there, whole', async () => {
    const stored = await allOf(EVENTS);
    expect(stored).toHaveLength(16 + 1 + 2 + 5 * 2);
    for (const event of stored) {
      expect(event).toMatchObject({
        event_id: expect.any(String),
        occurred_at: expect.any(String),
        event_type: expect.any(String),
      });
    }
  });
});

it('never answered with a fault of its own', async () => {
  const { text } = await app.request('/metrics');
  expect(text).not.toMatch(/http_request_duration_seconds_count\{[^}]*status_code="5\d\d"/);
  expect(text).toMatch(/collector_events_total\{event_type="api_request",verdict="rejected"\} \d+/);
  expect(app.logs()).not.toMatch(/"level":"error"[^\n]*"component":"http"/);
});
