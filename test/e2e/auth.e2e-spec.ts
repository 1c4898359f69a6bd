import { createHmac, createPublicKey } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { AppProcess, until } from '../support/app-process.js';
import { KeySetServer, makeEcKey, makeRsaKey, signWith } from '../support/key-set-server.js';
import { inSoak, itInSoak } from '../support/soak.js';

const COMMAND_TIMEOUT_MS = 30_000;
const ADMIN_ONLY = `${API}/events`;
const SALES = `${API}/business/overview`;
const ISSUER = 'https://id.example';
const AUDIENCE = 'analytics';

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token by hand, for what the library refuses to make. */
function handMade(header: object, payload: object | string, secret: string | Buffer): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function expectRefusal(answer: AppAnswer, detail: RegExp): void {
  expect([answer.status, answer.body.type]).toEqual([401, 'urn:problem-type:unauthenticated']);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="analytics", error="invalid_token"');
  expect(answer.body.detail).toMatch(detail);
}

async function runTokenCommand(args: string[], env: NodeJS.ProcessEnv): Promise<AppProcess & { code: number | null }> {
  const command = new AppProcess('src/platform/auth/token.command.js', env, args);
  return Object.assign(command, { code: await command.exitWithin(COMMAND_TIMEOUT_MS) });
}

describe('with a shared secret', () => {
  const secret = 'the shared secret of these tests, long enough';
  let app: StartedApp;
  beforeAll(async () => {
    app = await startApp({ env: { JWT_SECRET: secret, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE } });
  }, 60_000);
  afterAll(() => app.stop(), 60_000);

  const claims = { sub: 'ann', roles: ['admin'], iss: ISSUER, aud: AUDIENCE };
  const good = (): object => ({ ...claims, exp: now() + 60 });
  const sign = (payload: object, options: jsonwebtoken.SignOptions = {}): string =>
    jsonwebtoken.sign(payload, secret, options);
  const ask = (token: string): Promise<AppAnswer> => app.request(ADMIN_ONLY, { token });

  it('lets a good token in', async () => {
    expect((await ask(sign(good()))).status).toBe(200);
    expect((await ask(sign({ ...good(), aud: ['other', AUDIENCE] }))).status).toBe(200);
  });

  it('takes the scheme in any case, and nothing but a bearer token', async () => {
    const token = sign(good());
    const withHeader = (authorization: string): Promise<AppAnswer> =>
      app.request(ADMIN_ONLY, { headers: { authorization } });
    expect((await withHeader(`bearer ${token}`)).status).toBe(200);
    for (const header of [token, `Basic ${token}`, 'Bearer', 'Bearer ', `Bearer ${token} more`, `Token ${token}`]) {
      expect((await withHeader(header)).status).toBe(401);
    }
  });

  it('takes no token from query or body', async () => {
    const token = sign(good());
    expect((await app.request(`${ADMIN_ONLY}?access_token=${token}`)).status).toBe(401);
    expect((await app.request(`${API}/events`, { json: { access_token: token } })).status).toBe(401);
  });

  it('lets clocks differ by half a minute, and not more', async () => {
    expect((await ask(sign({ ...claims, exp: now() - 25 }))).status).toBe(200);
    expectRefusal(await ask(sign({ ...claims, exp: now() - 35 })), /has expired/);
    expect((await ask(sign({ ...good(), nbf: now() + 25 }))).status).toBe(200);
    expectRefusal(await ask(sign({ ...good(), nbf: now() + 40 })), /not valid yet/);
  });

  it('does not let a token that it has seen live on after its end', async () => {
    const token = sign({ ...claims, exp: now() - 28 });
    expect((await ask(token)).status).toBe(200);
    await until(async () => (await ask(token)).status === 401, 10_000);
  });

  it.each<[string, () => string, RegExp]>([
    ['without expiry', () => sign(claims), /exp is required/],
    ['that expires never', () => handMade({ alg: 'HS256' }, { ...claims, exp: 'never' }, secret), /not a valid JWT/],
    ['of another issuer', () => sign({ ...good(), iss: 'https://evil.example' }), /another issuer/],
    ['without issuer', () => sign({ ...good(), iss: undefined }), /another issuer/],
    ['for another audience', () => sign({ ...good(), aud: 'shop' }), /another audience/],
    ['without audience', () => sign({ ...good(), aud: undefined }), /another audience/],
    ['without subject', () => sign({ ...good(), sub: undefined }), /claim sub/],
    ['whose subject is a list', () => handMade({ alg: 'HS256' }, { ...good(), sub: ['ann'] }, secret), /claim sub/],
    ['whose roles are a text', () => sign({ ...good(), roles: 'admin' }), /roles that is not an array/],
    ['whose roles are nested', () => sign({ ...good(), roles: [['admin']] }), /roles that is not an array/],
    ['whose teams are an object', () => sign({ ...good(), teams: { 0: 'x' } }), /teams that is not an array/],
    [
      'signed with another secret',
      () => jsonwebtoken.sign(good(), 'another secret that is just as long'),
      /no valid signature/,
    ],
    ['signed with an empty secret', () => handMade({ alg: 'HS256' }, good(), ''), /no valid signature/],
    ['signed with HS512', () => sign(good(), { algorithm: 'HS512' }), /configured algorithm/],
    ['that says none', () => `${base64url({ alg: 'none' })}.${base64url(good())}.`, /./],
    ['that says nOnE', () => `${base64url({ alg: 'nOnE' })}.${base64url(good())}.`, /./],
    ['that says none, yet is signed', () => handMade({ alg: 'none' }, good(), secret), /configured algorithm/],
    ['without algorithm', () => handMade({}, good(), secret), /./],
    [
      'with extensions that must be understood',
      () => handMade({ alg: 'HS256', crit: ['x'] }, good(), secret),
      /extensions/,
    ],
    ['whose key id is an object', () => handMade({ alg: 'HS256', kid: {} }, good(), secret), /not a JWT/],
    ['whose payload is a text', () => handMade({ alg: 'HS256' }, 'hello', secret), /./],
    ['whose payload is an array', () => handMade({ alg: 'HS256' }, [good()], secret), /./],
    ['whose payload is null', () => handMade({ alg: 'HS256' }, 'null', secret), /./],
    ['that is no JWT', () => 'hello', /not a JWT/],
    ['of empty parts', () => '..', /not a JWT/],
    ['with a part too many', () => `${sign(good())}.x`, /./],
    [
      'that was changed',
      () => sign(good()).replace(/\.[\w-]+\./, `.${base64url({ ...good(), roles: ['admin'] })}.`),
      /signature/,
    ],
  ])('refuses a token %s', async (_what, make, detail) => expectRefusal(await ask(make()), detail));

  it('reads tokens of up to the size of the headers, and refuses larger ones as such', async () => {
    const withTeams = (bytes: number): string => sign({ ...good(), teams: ['x'.repeat(bytes)] });
    expect((await ask(withTeams(9_000))).status).toBe(200);
    const answer = await ask(withTeams(20_000));
    expect([answer.status, answer.body.type]).toEqual([431, 'urn:problem-type:headers-too-large']);
  });

  it.each([
    [SALES, 'business_viewer', 200],
    [SALES, 'service', 403],
    [SALES, 'admin', 200],
    [ADMIN_ONLY, 'business_viewer', 403],
    [ADMIN_ONLY, 'service', 403],
    [ADMIN_ONLY, 'owner', 403],
  ])('answers %s for %s with %i', async (path, role, status) => {
    expect((await app.request(path, { token: sign({ ...good(), roles: [role] }) })).status).toBe(status);
  });

  it('lets a service send events and do nothing else', async () => {
    const token = sign({ ...good(), sub: 'shop', roles: ['service'] });
    const json = { events: [{ event_type: 'error', name: 'Broken', message: 'A test.' }] };
    expect((await app.request(`${API}/events`, { token, json })).status).toBe(202);
    expect(
      (await app.request(`${API}/events`, { token: sign({ ...good(), roles: ['business_viewer'] }), json })).status,
    ).toBe(403);
  });

  it.each(['/health/live', '/health/ready', '/docs', '/docs-json'])('leaves %s open to everybody', async (path) => {
    expect((await app.request(path)).status).toBe(200);
    expect((await app.request(path, { token: 'garbage' })).status).toBe(200);
  });

  it('never writes a token into its log', async () => {
    const token = sign({ ...good(), sub: 'log' });
    await ask(token);
    await ask(`${token}x`);
    expect(app.logs()).not.toContain(token.split('.')[2]);
  });

  it('takes the tokens of its own command', async () => {
    const env = { JWT_SECRET: secret, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
    const { code, stdout, stderr } = await runTokenCommand(
      ['--role', 'service', '--role', 'business_viewer', '--team', 'sales'],
      env,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await app.request(SALES, { token: stdout.trim() })).status).toBe(200);
    expect((await ask(stdout.trim())).status).toBe(403);
  });
});

describe('without any configuration', () => {
  it('the app and the token command agree on a secret that only the owner can read, whoever comes first', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'analytics-test-'));
    const env = { DATA_DIR: dataDir };
    const [first, second] = await Promise.all([
      runTokenCommand(['--role', 'admin'], env),
      runTokenCommand(['--role', 'admin', '--expires', '1m', '--sub', 'me'], env),
    ]);
    const app = await startApp({ dataDir, env: { DATABASE_URL: '' } });
    try {
      for (const { stdout } of [first, second]) {
        expect((await app.request(ADMIN_ONLY, { token: stdout.trim() })).status).toBe(200);
      }
      expect((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777).toBe(0o600);
    } finally {
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 120_000);

  itInSoak.each([
    [['--role', 'root'], 2, /must be one of admin, business_viewer, service/],
    [['--expires', '3'], 2, /Write 90s, 15m, 12h or 30d/],
    [['--expires', '999d', '--role', 'admin'], 2, /at most 366d/],
    [['--colour'], 2, /unknown option/],
  ])('the token command refuses %j', async (args, code, message) => {
    const command = await runTokenCommand(args, { DATA_DIR: join(tmpdir(), 'never-made') });
    expect([command.code, command.stdout]).toEqual([code, '']);
    expect(command.stderr).toMatch(message);
  });

  itInSoak('the token command says where tokens come from when it cannot make them', async () => {
    const command = await runTokenCommand(['--role', 'admin'], { JWT_JWKS_URL: 'https://id.example/keys' });
    expect([command.code, command.stdout]).toEqual([1, '']);
    expect(command.stderr).toMatch(/identity provider behind JWT_JWKS_URL/);
  });
});

describe('with a key set', () => {
  const provider = new KeySetServer();
  const [first, second, unlisted] = [makeRsaKey('first'), makeRsaKey('second'), makeRsaKey('unlisted')];
  let app: StartedApp;
  beforeAll(async () => {
    await provider.start();
    app = await startApp({ env: { JWT_JWKS_URL: provider.url } });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await provider.stop();
  }, 60_000);

  const ask = (token: string): Promise<AppAnswer> => app.request(ADMIN_ONLY, { token });
  const askUntil = (token: string, status: number): Promise<void> =>
    until(
      async () => (await ask(token)).status === status,
      15_000,
      () => `It never answered ${status}.`,
    );

  it('answers 503, not 401, while the keys cannot be had, and goes on by itself', async () => {
    provider.keys = [first];
    const outages = [
      (response: { destroy(): void }) => response.destroy(),
      (response: { end(text: string): void }) => response.end('<html>garbage</html>'),
      () => undefined, // Hangs.
    ];
    for (const answer of inSoak ? outages : outages.slice(0, 1)) {
      provider.answer = answer;
      await askUntil(signWith(first), 503);
      const refused = await ask(signWith(first));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(refused.text).not.toContain(provider.url);
      await new Promise((resolve) => setTimeout(resolve, 5_100)); // The pause between two attempts.
    }
    provider.answer = undefined;
    await askUntil(signWith(first), 200);
  }, 90_000);

  it('goes on with the keys it knows while the endpoint is down', async () => {
    await askUntil(signWith(first), 200);
    await provider.stop();
    expect((await ask(signWith(first, 'RS256', { sub: 'bob' }))).status).toBe(200);
    await provider.start();
  }, 30_000);

  it('refuses keys that are not listed, without asking for each', async () => {
    await askUntil(signWith(unlisted), 401);
    const before = provider.fetches;
    for (let i = 0; i < 20; i++) expect((await ask(signWith({ ...unlisted, kid: `made-up-${i}` }))).status).toBe(401);
    expect(provider.fetches - before).toBeLessThanOrEqual(1);
  }, 30_000);

  it('finds a key that was rotated in', async () => {
    provider.keys = [first, second];
    await askUntil(signWith(second), 200);
  }, 30_000);

  it('refuses a token that is signed with the public key as if it were a secret', async () => {
    const pem = first.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const payload = { sub: 'ann', roles: ['admin'], exp: now() + 60 };
    for (const secret of [pem, pem.trim(), createPublicKey(pem).export({ type: 'pkcs1', format: 'der' })]) {
      expectRefusal(await ask(handMade({ alg: 'HS256', kid: 'first' }, payload, secret)), /configured algorithm/);
    }
  });

  it.each<[string, () => string]>([
    ['signed with a listed key id, but another key', () => signWith({ ...unlisted, kid: 'first' })],
    [
      'signed with RS512',
      () =>
        jsonwebtoken.sign({ sub: 'a', roles: ['admin'] }, first.privateKey, {
          algorithm: 'RS512',
          keyid: 'first',
          expiresIn: 60,
        }),
    ],
    [
      'signed with PS256',
      () =>
        jsonwebtoken.sign({ sub: 'a', roles: ['admin'] }, first.privateKey, {
          algorithm: 'PS256',
          keyid: 'first',
          expiresIn: 60,
        }),
    ],
    ['signed with an elliptic key', () => signWith({ ...makeEcKey('first') }, 'ES256')],
    [
      'that brings its own key',
      () => {
        const jwk = unlisted.publicKey.export({ format: 'jwk' });
        const header = { alg: 'RS256' as const, jwk } as unknown as jsonwebtoken.JwtHeader;
        return jsonwebtoken.sign({ sub: 'a', roles: ['admin'] }, unlisted.privateKey, {
          algorithm: 'RS256',
          header,
          expiresIn: 60,
        });
      },
    ],
  ])('refuses a token %s', async (_what, make) => {
    expect((await ask(make())).status).toBe(401);
  });
});
