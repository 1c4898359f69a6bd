import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/app-process.js';
import { startApp, type StartedApp } from '../support/app.js';

const run = promisify(execFile);
const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
const DOCUMENT = join(ROOT, 'docs/openapi.json');
const OPTIONS = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node'];
const TIMEOUT_MS = 180_000;

/** One event of every type that a sender may report, each with free properties. */
const EVENTS = `[
  { event_type: 'api_request', method: 'GET', route: '/p/:id', status_code: 200, duration_ms: 12.5, properties: { region: 'eu' } },
  { event_type: 'ml_job', pipeline: '3d', provider: 'tripo', status: 'succeeded', duration_ms: 900, properties: { seed: 7 } },
  { event_type: 'order', order_id: 'g-1', status: 'placed', currency: 'USD', total: 10, properties: { nested: { deep: [1] } } },
  { event_type: 'storefront', name: 'product_view', session_id: 's', product_id: 'p', properties: { flag: true } },
  { event_type: 'inventory', product_id: 'p', quantity: 3, properties: { store: null } },
  { event_type: 'error', name: 'TypeError', message: 'x', properties: { line: 12 } },
]`;

let folder: string;
let app: StartedApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analytics-test-clients-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  app = await startApp();
}, TIMEOUT_MS);

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
}, TIMEOUT_MS);

/** Compiles and runs a program beside the generated client. @returns what it prints */
async function compileAndRun(name: string, source: string): Promise<string> {
  await writeFile(join(folder, `${name}.ts`), source);
  const compiled = run(process.execPath, [bin('tsc'), ...OPTIONS, '--outDir', name, `${name}.ts`], { cwd: folder });
  await compiled.catch(({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout)));
  const env = { PATH: process.env.PATH, ANALYTICS_URL: app.url, ANALYTICS_TOKEN: await app.token() };
  return (await run(process.execPath, [join(name, `${name}.js`)], { cwd: folder, env })).stdout.trim();
}

const count = async (correlationId: string): Promise<unknown[]> => {
  const answer = await app.request(`/api/v1/analytics/events?correlation_id=${correlationId}`, { role: 'admin' });
  return (answer.body as { items: { event_type: string; properties: unknown }[] }).items.map(
    ({ properties }) => properties,
  );
};

it(
  'the document has no warning of a linter',
  async () => {
    const { stdout, stderr } = await run(bin('redocly'), ['lint', DOCUMENT, '--format', 'json'], { cwd: ROOT });
    const report = JSON.parse(stdout) as { totals: { errors: number; warnings: number }; problems: unknown[] };
    expect({ ...report.totals, problems: report.problems, stderr: expect.any(String) as unknown }).toMatchObject({
      errors: 0,
      warnings: 0,
    });
    expect(stderr).not.toContain('[ERROR]');
  },
  TIMEOUT_MS,
);

it(
  'a client of openapi-ts sends every type of event with properties',
  async () => {
    await run(bin('openapi-ts'), ['-i', DOCUMENT, '-o', 'hey', '-c', '@hey-api/client-fetch'], { cwd: folder });
    const printed = await compileAndRun(
      'hey-client',
      `import { client } from './hey/client.gen.js';
     import { eventsSubmit } from './hey/sdk.gen.js';
     client.setConfig({ baseUrl: process.env.ANALYTICS_URL, auth: () => process.env.ANALYTICS_TOKEN });
     const { data, error } = await eventsSubmit({ body: { events: ${EVENTS} }, headers: { 'x-correlation-id': 'hey' } });
     console.log(JSON.stringify(error ?? data));`,
    );
    expect(JSON.parse(printed)).toEqual({ accepted: 6, duplicates: 0, rejected: [] });
    expect(await count('hey')).toContainEqual({ nested: { deep: [1] } });
  },
  TIMEOUT_MS,
);

it(
  'a client of orval sends every type of event with properties',
  async () => {
    const config = {
      api: { input: DOCUMENT, output: { target: 'orval.ts', client: 'fetch', mode: 'single', baseUrl: app.url } },
    };
    await writeFile(join(folder, 'orval.config.cjs'), `module.exports = ${JSON.stringify(config)};`);
    await run(bin('orval'), ['--config', 'orval.config.cjs'], { cwd: folder });
    expect(await readFile(join(folder, 'orval.ts'), 'utf8')).toContain('export type OrderEvent');
    const printed = await compileAndRun(
      'orval-client',
      `import { eventsSubmit } from './orval.js';
     const authorization = 'Bearer ' + process.env.ANALYTICS_TOKEN;
     const answer = await eventsSubmit({ events: ${EVENTS} }, { headers: { authorization } });
     console.log(JSON.stringify(answer.data));`,
    );
    expect(JSON.parse(printed)).toEqual({ accepted: 6, duplicates: 0, rejected: [] });
  },
  TIMEOUT_MS,
);
