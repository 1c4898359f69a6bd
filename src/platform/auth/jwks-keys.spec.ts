import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../clock/index.js';
import { DependencyUnavailableError } from '../errors/index.js';
import { UnauthenticatedError } from './auth-errors.js';
import { JwksKeys } from './jwks-keys.js';

const MINUTE_MS = 60_000;

class SetClock extends Clock {
  ms = 0;
  now(): Date {
    return new Date(this.ms);
  }
}

/** A key set endpoint whose answer a test exchanges. */
class Provider {
  fetches = 0;
  keys: object[] = [];
  answer?: (response: ServerResponse) => void;
  private readonly server: Server = createServer((_request, response) => {
    this.fetches++;
    if (this.answer) this.answer(response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: this.keys }));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const rsa = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const jwk = (key: KeyObject, kid?: string, more: object = {}): object => ({
  ...key.export({ format: 'jwk' }),
  kid,
  ...more,
});

const [first, second] = [rsa(), rsa()];
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
let provider: Provider;
let clock: SetClock;
let keys: JwksKeys;
let failures: unknown[];

beforeEach(async () => {
  provider = new Provider();
  clock = new SetClock();
  failures = [];
  provider.keys = [jwk(first, 'one', { use: 'sig' })];
  keys = new JwksKeys(await provider.start(), 'RS256', clock, (error) => failures.push(error));
});
afterEach(() => provider.stop());

const sameKey = (found: KeyObject, key: KeyObject): boolean =>
  found.equals(createPublicKey(key.export({ type: 'spki', format: 'pem' })));

it('fetches once for many requests at the same time, and not again for those that follow', async () => {
  const found = await Promise.all(Array.from({ length: 20 }, () => keys.keyFor('one')));
  found.push(await keys.keyFor('one'));
  expect(found.every((key) => sameKey(key, first))).toBe(true);
  expect(provider.fetches).toBe(1);
});

it('finds a key that was added since', async () => {
  await keys.keyFor('one');
  provider.keys = [jwk(first, 'one'), jwk(second, 'two')];
  clock.ms += MINUTE_MS;
  expect(sameKey(await keys.keyFor('two'), second)).toBe(true);
});

it('refuses a key that was taken back, ten minutes later', async () => {
  await keys.keyFor('one');
  provider.keys = [jwk(second, 'two')];
  clock.ms += 11 * MINUTE_MS;
  await keys.keyFor('one'); // Still answered from memory; it starts the refresh.
  await keys.keyFor('two');
  await expect(keys.keyFor('one')).rejects.toThrow(UnauthenticatedError);
});

it('refreshes its keys at once after a clock that was ahead is put right', async () => {
  clock.ms = 40 * 24 * 60 * MINUTE_MS;
  await keys.keyFor('one');
  provider.keys = [jwk(second, 'two')];
  clock.ms = 0;
  expect(sameKey(await keys.keyFor('one'), first)).toBe(true); // Still answered from memory; it starts the refresh.
  expect(sameKey(await keys.keyFor('two'), second)).toBe(true);
  expect(provider.fetches).toBe(2);
});

it('does not ask the endpoint for every made-up key id', async () => {
  await keys.keyFor('one');
  for (let i = 0; i < 50; i++) await expect(keys.keyFor(`made-up-${i}`)).rejects.toThrow(UnauthenticatedError);
  expect(provider.fetches).toBe(1);
});

it('takes a token without key id for the only key there is', async () => {
  expect(sameKey(await keys.keyFor(undefined), first)).toBe(true);
});

it('refuses a token without key id when there are several keys', async () => {
  provider.keys = [jwk(first, 'one'), jwk(second, 'two')];
  await expect(keys.keyFor(undefined)).rejects.toThrow(UnauthenticatedError);
});

it('does not use keys that are meant for something else', async () => {
  provider.keys = [
    jwk(first, 'encryption', { use: 'enc' }),
    jwk(second, 'other-algorithm', { alg: 'RS512' }),
    { kty: 'oct', kid: 'symmetric', k: 'c2VjcmV0' },
    { kty: 'RSA', kid: 'broken', e: 'AQAB' },
    jwk(shortRsa, 'short'),
    jwk(ec, 'elliptic'),
    jwk(first, 'one'),
  ];
  for (const kid of ['encryption', 'other-algorithm', 'symmetric', 'broken', 'short', 'elliptic']) {
    await expect(keys.keyFor(kid)).rejects.toThrow(UnauthenticatedError);
  }
  expect(sameKey(await keys.keyFor('one'), first)).toBe(true);
});

describe('while the endpoint cannot be used', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['fails', (response) => response.writeHead(500).end('{"keys":[]}')],
    ['hangs up', (response) => response.destroy()],
    ['answers garbage', (response) => response.end('<html>')],
    ['answers null', (response) => response.end('null')],
    ['answers no keys', (response) => response.end('{"keys":"none"}')],
    ['answers an empty set', (response) => response.end('{"keys":[]}')],
    ['answers nothing but numbers', (response) => response.end('{"keys":[1,2]}')],
    ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['never stops talking', (response) => response.end('x'.repeat(300_000))],
  ])('says so when it %s, and asks again only after a pause', async (_what, answer) => {
    provider.answer = answer;
    await expect(keys.keyFor('one')).rejects.toThrow(DependencyUnavailableError);
    await expect(keys.keyFor('one')).rejects.toMatchObject({ retryAfterSeconds: 5 });
    expect(provider.fetches).toBe(1);
    expect(failures).toHaveLength(1);

    provider.answer = undefined;
    clock.ms += 5_000;
    expect(sameKey(await keys.keyFor('one'), first)).toBe(true);
  });

  it('gives up on an endpoint that hangs', async () => {
    provider.answer = () => undefined;
    const startedAt = Date.now();
    await expect(keys.keyFor('one')).rejects.toThrow(DependencyUnavailableError);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
  });

  it('goes on with a key it knows, without waiting, for an hour', async () => {
    await keys.keyFor('one');
    await provider.stop();
    clock.ms += 59 * MINUTE_MS;
    expect(sameKey(await keys.keyFor('one'), first)).toBe(true);
    clock.ms += 2 * MINUTE_MS;
    await expect(keys.keyFor('one')).rejects.toThrow(DependencyUnavailableError);
    provider = new Provider();
  });
});
