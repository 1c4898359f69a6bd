import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateSecret } from './secret-file.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'secret-'))));
afterEach(() => rm(folder, { recursive: true }));

it('makes a secret that only its owner may read, and leaves nothing else behind', async () => {
  const dataDir = join(folder, 'deep', 'data');
  expect((await loadOrCreateSecret(dataDir)).length).toBeGreaterThanOrEqual(64);
  expect((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  expect(await readdir(dataDir)).toEqual(['jwt-secret']);
});

it('gives the same secret ever after', async () => {
  const first = await loadOrCreateSecret(folder);
  expect(await loadOrCreateSecret(folder)).toBe(first);
});

it('gives everybody who comes at once the same secret', async () => {
  const secrets = await Promise.all(Array.from({ length: 50 }, () => loadOrCreateSecret(folder)));
  expect(new Set(secrets).size).toBe(1);
});

it('makes another secret for another folder', async () => {
  expect(await loadOrCreateSecret(join(folder, 'a'))).not.toBe(await loadOrCreateSecret(join(folder, 'b')));
});

it('refuses a file that is cut short, and says what to do', async () => {
  await writeFile(join(folder, 'jwt-secret'), 'abc\n');
  await expect(loadOrCreateSecret(folder)).rejects.toThrow(/Delete it/);
});

it('says which path is in the way', async () => {
  await rm(join(folder, 'jwt-secret'), { force: true, recursive: true });
  await writeFile(join(folder, 'file'), '');
  await expect(loadOrCreateSecret(join(folder, 'file'))).rejects.toThrow(/file/);
});
