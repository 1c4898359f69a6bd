import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../platform/config/index.js';
import { openSender } from './open-sender.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'open-sender-'));
});

afterEach(() => rm(dataDir, { recursive: true }));

async function targetOf(environment: Record<string, string>, url?: string): Promise<string> {
  const config = loadConfig({ DATA_DIR: dataDir, ...environment });
  const { target, close } = await openSender(config, { connections: 1, ...(url !== undefined && { url }) });
  close();
  return target.eventsUrl.origin;
}

it.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ PORT: '8080', HOST: '0.0.0.0' }, 'http://127.0.0.1:8080'],
  [{ HOST: '::' }, 'http://127.0.0.1:3000'],
  [{ HOST: '::1' }, 'http://[::1]:3000'],
  [{ HOST: '10.0.0.5' }, 'http://10.0.0.5:3000'],
])('finds the service by %p', async (environment, origin) => {
  expect(await targetOf(environment)).toBe(origin);
});

it('cannot find a service that listens anywhere', async () => {
  await expect(targetOf({ PORT: '0' })).rejects.toThrow(/give --url/);
});

it('makes no token for another machine out of a secret of this one', async () => {
  await expect(targetOf({}, 'https://analytics.example')).rejects.toThrow(/--token/);
  expect(await targetOf({ JWT_SECRET: 'x'.repeat(40) }, 'https://analytics.example')).toBe('https://analytics.example');
});

it('says where tokens come from when an identity provider makes them', async () => {
  const environment = { JWT_JWKS_URL: 'https://login.example/keys', JWT_ALGORITHM: 'RS256' };
  await expect(targetOf(environment)).rejects.toThrow(/identity provider/);
});
