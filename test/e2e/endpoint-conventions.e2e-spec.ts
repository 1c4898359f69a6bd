import { SAMPLES } from '../support/sample-controller.js';
import { startSampleApp, type SampleApp } from '../support/sample-app.js';

let sample: SampleApp;
beforeAll(async () => (sample = await startSampleApp()));
afterAll(() => sample.stop());
const send: SampleApp['send'] = (path, request) => sample.send(path, request);

describe('an error of the domain', () => {
  it.each([
    ['missing', 404, 'not-found'],
    ['conflict', 409, 'conflict'],
    ['stale', 412, 'stale-version'],
    ['full', 429, 'overloaded'],
    ['down', 503, 'dependency-unavailable'],
    ['bug', 500, 'internal-error'],
  ])('%s answers %i as a problem', async (kind, status, code) => {
    const answer = await send(`errors/${kind}`, { headers: { 'x-correlation-id': `test-${kind}` } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.json).toMatchObject({
      type: `urn:problem-type:${code}`,
      status,
      instance: `${SAMPLES}/errors/${kind}`,
      correlation_id: `test-${kind}`,
    });
    expect(answer.headers.get('x-correlation-id')).toBe(`test-${kind}`);
  });

  it.each([
    ['full', '3'],
    ['down', '3'],
  ])('%s says in whole seconds when to try again', async (kind, seconds) => {
    expect((await send(`errors/${kind}`)).headers.get('retry-after')).toBe(seconds);
  });

  it('that nobody foresaw tells the log, under the correlation id, and nobody else', async () => {
    const { text } = await send('errors/bug', { headers: { 'x-correlation-id': 'leak-test' } });
    expect(text).not.toMatch(/SELECT|hunter2|TypeError|\.ts|at /);
    const line = sample.lines.find((entry) => entry.includes('"level":"error"') && entry.includes('leak-test'));
    expect(line).toContain('secret_column');
    expect(line).not.toContain('hunter2');
  });

  it('does not tell which machine a dependency is', async () => {
    expect((await send('errors/down')).text).not.toContain('10.0.0.7');
  });
});

describe('a query', () => {
  it('has its defaults', async () => {
    expect((await send('/api/v1/analytics/samples', { claims: { roles: ['business_viewer'] } })).json).toEqual({
      limit: 50,
    });
  });

  it('is refused with the names of what is unknown, twice, or not valid', async () => {
    const answer = await send(
      '/api/v1/analytics/samples?limit=1e2&cursor=a&cursor=b&colour=red&toString=1&__proto__=x',
    );
    expect(answer.status).toBe(400);
    const paths = answer.json.errors.map(({ path }: { path: string }) => path).sort();
    expect(paths).toEqual(['__proto__', 'colour', 'cursor', 'limit', 'toString']);
  });

  it.each(['open?x=1', 'me?x', 'errors/missing?x=1', 'open?x=1&x=2', 'open?__proto__=1'])(
    'is refused on a route that takes none: %s',
    async (path) => {
      const answer = await send(path);
      expect([answer.status, answer.json.errors?.length]).toEqual([400, 1]);
    },
  );

  it.each(['?limit=%zz', '?limit=%ff', '?limit=%ed%a0%80', '?limit=%00', '?limit=%'])(
    'is refused when malformed: %s',
    async (query) => {
      expect((await send(`/api/v1/analytics/samples${query}`)).status).toBe(400);
    },
  );

  it('names a path parameter that is not valid', async () => {
    expect((await send('items/7')).json.errors).toEqual([{ path: 'id', message: 'must be a UUID' }]);
  });
});

describe('who may use a route', () => {
  it.each([
    ['me', [], 403],
    ['me', ['business_viewer'], 200],
    ['me', ['service'], 200],
    ['me', ['admin'], 200],
    ['me', ['superuser'], 403],
    ['large', ['business_viewer'], 403],
    ['large', ['admin'], 200],
    ['undeclared', ['business_viewer'], 403],
    ['undeclared', ['service', 'business_viewer'], 403],
    ['undeclared', ['admin'], 200],
    ['open', [], 200],
  ])('%s for %j answers %i', async (path, roles, status) => {
    expect((await send(path, { claims: { roles } })).status).toBe(status);
  });

  it.each(['me', 'large', 'undeclared', 'errors/bug'])('%s needs a token', async (path) => {
    const answer = await send(path, { claims: null });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="analytics"');
  });

  it('says which role is missing', async () => {
    const answer = await send('me', { claims: { roles: [] } });
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(answer.json.detail).toContain('service or business_viewer or admin');
  });

  it('hands the principal to the handler', async () => {
    const claims = { sub: 'bob', roles: ['service', 'other'], teams: ['sales'] };
    expect((await send('me', { claims })).json).toEqual({ sub: 'bob', roles: ['service'], teams: ['sales'] });
  });

  it('is found out before the body is read', async () => {
    const answer = await send('notes', { claims: null, body: 'x'.repeat(2_000_000) });
    expect(answer.status).toBe(401);
  });
});

describe('a path', () => {
  it.each([
    '/nothing',
    '/api/v1/analytics/nothing',
    '/api/v1/analytics/samples/',
    '/API/v1/analytics/samples',
    '/api/v1/analytics//samples',
  ])('%s leads nowhere', async (path) => {
    const answer = await send(path, { claims: null });
    expect([answer.status, answer.json.type]).toEqual([404, 'urn:problem-type:not-found']);
  });

  it('that exists names its methods to others', async () => {
    const answer = await send('notes', { method: 'PATCH', body: '{' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
    const options = await send('items/1', { method: 'OPTIONS', claims: null });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS']);
    expect((await send('/nothing', { method: 'OPTIONS' })).status).toBe(404);
  });

  it('answers HEAD like GET, without a body', async () => {
    const answer = await send('large', { method: 'HEAD' });
    expect([answer.status, answer.text, Number(answer.headers.get('content-length'))]).toEqual([200, '', 5_011]);
  });

  it('answers DELETE with 204 and nothing', async () => {
    const answer = await send('items/0189f7e2-0000-7000-8000-000000000000', { method: 'DELETE' });
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it.each(['/%zz', '/%ff', `/api/v1/analytics/samples/items/${'x'.repeat(1025)}`])(
    'that cannot be read is a problem: %s',
    async (path) => {
      const answer = await send(path, { headers: { 'x-correlation-id': 'bad-path' } });
      expect([400, 414]).toContain(answer.status);
      expect(answer.json).toMatchObject({ status: answer.status, correlation_id: 'bad-path' });
      expect(answer.headers.get('x-correlation-id')).toBe('bad-path');
    },
  );
});

describe('an answer', () => {
  it('is compressed when it is worth it and wanted', async () => {
    for (const encoding of ['br', 'gzip']) {
      const answer = await send('large', { headers: { 'accept-encoding': encoding } });
      expect([answer.headers.get('content-encoding'), answer.json.text.length]).toEqual([encoding, 5_000]);
    }
    expect((await send('open', { headers: { 'accept-encoding': 'gzip' } })).headers.get('content-encoding')).toBeNull();
  });

  it('carries the security headers, errors included', async () => {
    for (const path of ['open', 'errors/bug', '/nothing', '/%zz', '/docs']) {
      const { headers, body } = await fetch(`${sample.url}${path.startsWith('/') ? path : `${SAMPLES}/${path}`}`);
      await body?.cancel();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('lets no other origin in by default', async () => {
    const answer = await send('open', { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is logged once, at debug, and as info when it failed on our side', async () => {
    await send('open', { headers: { 'x-correlation-id': 'log-ok' } });
    await send('errors/bug', { headers: { 'x-correlation-id': 'log-bug' } });
    const accessLines = (id: string) =>
      sample.lines.filter((line) => line.includes(id) && line.includes('duration_ms'));
    expect(accessLines('log-ok').map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'debug', route: `${SAMPLES}/open`, status_code: 200 }),
    ]);
    expect(accessLines('log-bug').map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'info', route: `${SAMPLES}/errors/:kind`, status_code: 500, sub: 'ann' }),
    ]);
  });
});

describe('the docs', () => {
  it('are public, OpenAPI 3.1, with whole paths, bearer token and problems', async () => {
    const { json } = await send('/docs-json', { claims: null });
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths)).toContain('/api/v1/analytics/samples/notes');
    const post = json.paths['/api/v1/analytics/samples/notes'].post;
    expect(post.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(post.responses)).toEqual(['201', '400', '401', '403', '413', '415', '429']);
    expect(post.responses['400'].content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    expect(json.paths['/api/v1/analytics/samples/open'].get.security).toEqual([]);
    expect(json.paths['/api/v1/analytics/samples'].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'limit',
      'cursor',
    ]);
  });

  it('show Swagger UI', async () => {
    const page = await fetch(`${sample.url}/docs`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('swagger-ui')]);
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'swagger-ui-init.js']) {
      const answer = await fetch(`${sample.url}/docs/${file}`);
      expect([answer.status, (await answer.text()).length > 100]).toEqual([200, true]);
    }
  });
});

describe('with CORS_ORIGINS', () => {
  const origin = 'https://admin.example';
  let open: SampleApp;
  beforeAll(async () => (open = await startSampleApp({ CORS_ORIGINS: origin })));
  afterAll(() => open.stop());

  it('lets these origins in, and no other', async () => {
    const allowed = await open.send('me', { headers: { origin } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-expose-headers')).toContain('x-correlation-id');
    expect(allowed.headers.get('vary')).toContain('Origin');
    const other = await open.send('me', { headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers preflights without a token, with a correlation id', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const answer = await open.send('notes', { method: 'OPTIONS', claims: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(answer.headers.get('x-correlation-id')).toBeTruthy();
  });

  it('lets the browser read refusals', async () => {
    const answer = await open.send('me', { claims: null, headers: { origin } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  });
});

describe('with RATE_LIMIT_PER_MINUTE', () => {
  let limited: SampleApp;
  const bucketOf = ({ headers }: { headers: Headers }) =>
    Object.fromEntries(['limit', 'remaining', 'reset'].map((name) => [name, headers.get(`x-ratelimit-${name}`)]));
  beforeAll(async () => (limited = await startSampleApp({ RATE_LIMIT_PER_MINUTE: '3' })));
  afterAll(() => limited.stop());

  it('refuses a user’s request above it, says when to come again, and leaves others alone', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await limited.send('me')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const other = await limited.send('me', { claims: { sub: 'dora' } });
    expect(bucketOf(other)).toMatchObject({ limit: '3', remaining: '2', reset: '20' });
    const refused = await limited.send('me');
    expect(refused.json).toMatchObject({ type: 'urn:problem-type:rate-limited', status: 429 });
    expect(bucketOf(refused)).toMatchObject({ limit: '3', remaining: '0' });
    expect(Number(bucketOf(refused).reset)).toBeGreaterThan(20);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(10);
    expect((await limited.send('me', { claims: { sub: 'bob' } })).status).toBe(200);
    expect((await limited.send('open')).status).toBe(200);
  });

  it('does not count where the endpoint says so', async () => {
    const claims = { sub: 'carol' };
    for (let i = 0; i < 10; i++) expect((await limited.send('read-all', { method: 'POST', claims })).status).toBe(200);
  });
});
