import { gzipSync } from 'node:zlib';
import { startSampleApp, type SampleApp } from '../support/sample-app.js';

let sample: SampleApp;
beforeAll(async () => (sample = await startSampleApp()));
afterAll(() => sample.stop());
const send: SampleApp['send'] = (path, request) => sample.send(path, request);

describe('a body', () => {
  const note = (body: string | Uint8Array, headers: Record<string, string> = {}) => send('notes', { body, headers });

  it('is read, and the correlation id goes along with it', async () => {
    const answer = await note('{"note":"über 😀"}', { 'x-correlation-id': 'through' });
    expect([answer.status, answer.json]).toEqual([201, { length: 7, correlation_id: 'through' }]);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
  ])('may be sent as %s', async (type) =>
    expect((await note('{"note":"x"}', { 'content-type': type })).status).toBe(201),
  );

  it('may start with a byte order mark', async () => {
    expect((await note('\ufeff{"note":"x"}')).json.length).toBe(1);
  });

  it('may be gzipped, under either name, in several members', async () => {
    const zipped = Buffer.concat([gzipSync('{"note":'), gzipSync('"xyz"}')]);
    for (const encoding of ['gzip', 'GZIP', 'x-gzip']) {
      expect((await note(zipped, { 'content-encoding': encoding })).json.length).toBe(3);
    }
  });

  it('may be missing where every field is optional, even when it was announced', async () => {
    expect((await send('notes', { method: 'POST' })).status).toBe(201);
    expect((await note('')).status).toBe(201);
  });

  it.each<[string, number, string | Uint8Array, Record<string, string>]>([
    ['JSON that is cut off', 400, '{"note":', {}],
    ['nothing, announced as gzip', 400, gzipSync('').subarray(0, 5), { 'content-encoding': 'gzip' }],
    ['an array', 400, '[]', {}],
    ['a text', 400, '"x"', {}],
    ['null', 400, 'null', {}],
    ['an unknown field', 400, '{"note":"x","colour":1}', {}],
    ['a field of the wrong type', 400, '{"note":1}', {}],
    ['__proto__', 400, '{"__proto__":{"note":"x"}}', {}],
    ['constructor', 400, '{"constructor":{"prototype":{}}}', {}],
    ['a NUL character', 400, '{"note":"a\\u0000"}', {}],
    ['half of a surrogate pair', 400, '{"note":"\\ud83d"}', {}],
    ['NaN', 400, '{"note":NaN}', {}],
    ['deep nesting', 400, `{"note":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, {}],
    ['invalid UTF-8', 400, Buffer.from('{"note":"\xff"}', 'latin1'), {}],
    ['UTF-16', 400, Buffer.from('{"note":"x"}', 'utf16le'), {}],
    ['more than 1 MiB', 413, `{"note":"${'x'.repeat(1_100_000)}"}`, {}],
    ['text', 415, '{"note":"x"}', { 'content-type': 'text/plain' }],
    ['a form', 415, 'note=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON under another name', 415, '{"note":"x"}', { 'content-type': 'application/vnd.api+json' }],
    ['no media type at all', 415, '{"note":"x"}', { 'content-type': 'x' }],
    ['another charset', 415, '{"note":"x"}', { 'content-type': 'application/json; charset=latin1' }],
    ['brotli', 415, '{"note":"x"}', { 'content-encoding': 'br' }],
    ['gzip twice', 415, '{"note":"x"}', { 'content-encoding': 'gzip, gzip' }],
    ['what is not gzip', 400, '{"note":"x"}', { 'content-encoding': 'gzip' }],
    ['gzip that is cut off', 400, gzipSync('{"note":"x"}').subarray(0, 15), { 'content-encoding': 'gzip' }],
    ['a gzip bomb', 413, gzipSync(Buffer.alloc(50_000_000, 0x20)), { 'content-encoding': 'gzip' }],
  ])('is refused: %s (%i)', async (_what, status, body, headers) => {
    const answer = await note(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ status, type: expect.stringMatching(/^urn:problem-type:/) });
    expect(answer.headers.get('x-correlation-id')).toBe(answer.json.correlation_id);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  it('names the place of what must not stand in JSON', async () => {
    const { json } = await note('{"list":[{"__proto__":1}]}');
    expect(json.errors).toEqual([{ path: 'list[0].__proto__', message: 'is not a known field' }]);
  });

  it('does not repeat what it refused to parse', async () => {
    expect((await note('{"password":"hunter2" oops')).text).not.toContain('hunter2');
  });

  it('says which encodings it reads', async () => {
    expect((await note('x', { 'content-encoding': 'br' })).headers.get('accept-encoding')).toBe('gzip');
  });

  it.each<[string, string]>([
    ['{"note":"x"}', 'note'],
    ['[1]', ''],
    ['5', ''],
  ])('%s is refused on a route that takes none', async (body, path) => {
    const answer = await send('read-all', { body });
    expect([answer.status, answer.json.errors[0].path]).toEqual([400, path]);
  });

  it('of {} or nothing is fine on a route that takes none', async () => {
    expect((await send('read-all', { body: '{}' })).status).toBe(200);
    expect((await send('read-all', { method: 'POST' })).status).toBe(200);
  });

  it('reaches a handler that checks its JSON itself as it came, up to the handler’s own limit', async () => {
    const claims = { roles: ['service'] };
    const raw = await send('raw', { body: '{"__proto__":{"a":"\\u0000"},"events":[]}', claims });
    expect(raw.json.own.sort()).toEqual(['__proto__', 'events']);
    expect(({} as { a?: string }).a).toBeUndefined();
    expect((await send('raw', { body: JSON.stringify({ events: ['x'.repeat(2_900_000)] }), claims })).status).toBe(200);
    expect((await send('raw', { body: JSON.stringify({ events: ['x'.repeat(3_000_000)] }), claims })).status).toBe(413);
  });
});
