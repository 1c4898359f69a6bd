import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startApp, type StartedApp } from '../support/app.js';
import { ROOT } from '../support/app-process.js';

const run = promisify(execFile);
const CLIENT = join(ROOT, 'clients/typescript');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const OPTIONS = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node'];
const TIMEOUT_MS = 120_000;

let folder: string;
let app: StartedApp;

/** Installs what `npm pack` makes as somebody else would have it: in a project of its own, without this one's sources. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analytics-test-client-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@types'), { recursive: true });
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: CLIENT });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('tar', ['-xzf', tarball], { cwd: folder });
  await symlink(join(folder, 'package'), join(modules, 'admin-analytics-client'));
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers', '@types/node', 'undici-types']) {
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await symlink(modules, join(folder, 'package/node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  app = await startApp();
}, TIMEOUT_MS);

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
}, TIMEOUT_MS);

it('holds what is needed to use it, and nothing else', async () => {
  expect((await readdir(join(folder, 'package'))).sort()).toEqual([
    'README.md',
    'dist',
    'node_modules',
    'package.json',
  ]);
});

it(
  'sends, reads and is refused, in its example, against the live service',
  async () => {
    await copyFile(join(CLIENT, 'example/sales.ts'), join(folder, 'sales.ts'));
    await run(process.execPath, [TSC, ...OPTIONS, 'sales.ts'], { cwd: folder });
    const env = { PATH: process.env.PATH, ANALYTICS_URL: app.url, ANALYTICS_TOKEN: await app.token() };
    const { stdout } = await run(process.execPath, ['sales.js'], { cwd: folder, env });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'accepted: 1',
      'net sales: 120 USD from 1 orders',
      'refused: 400 The request is not valid; see errors for each field. currency must be an ISO 4217 code in capitals, e.g. USD',
    ]);
  },
  TIMEOUT_MS,
);

it(
  'does not compile with a parameter, a path or a field that the API does not have',
  async () => {
    const wrong = [
      "client.GET('/api/v1/analytics/nothing');",
      "client.GET('/api/v1/analytics/business/overview', { params: { query: { range: '8d' } } });",
      "(await unwrap(client.GET('/api/v1/analytics/business/overview'))).turnover;",
    ];
    const head = "import { createAnalyticsClient, unwrap } from 'admin-analytics-client';\n";
    const setUp = "const client = createAnalyticsClient({ baseUrl: 'http://x', token: 'x' });\n";
    await writeFile(join(folder, 'wrong.ts'), head + setUp + wrong.join('\n'));
    const compile = run(process.execPath, [TSC, ...OPTIONS, '--noEmit', 'wrong.ts'], { cwd: folder });
    const { stdout } = await compile.then(
      () => ({ stdout: 'It compiled.' }),
      (error: { stdout: string }) => error,
    );
    expect([...stdout.matchAll(/^wrong\.ts\((\d+),/gm)].map(([, line]) => line)).toEqual(['3', '4', '5']);
  },
  TIMEOUT_MS,
);
