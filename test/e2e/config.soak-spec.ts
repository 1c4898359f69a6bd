import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, ROOT } from '../support/app-process.js';
import { API, startApp } from '../support/app.js';

jest.setTimeout(60_000);

const EXIT_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'analytics-test-'))));
afterEach(() => rm(folder, { recursive: true }));

const start = (script: string, env: NodeJS.ProcessEnv, args: string[] = [], cwd?: string): AppProcess =>
  new AppProcess(`src/${script}.js`, { DATA_DIR: join(folder, 'data'), PORT: '0', ...env }, args, { cwd });

describe('the service', () => {
  it('names all bad variables at once, exits with 1 and starts nothing', async () => {
    const env = {
      PORT: '70000',
      APP_ROLE: 'web',
      ALERT_EVALUATION_INTERVAL_SECONDS: '61',
      STORE_TIME_ZONE: 'Mars/Olympus',
    };
    const app = start('main', env);
    expect(await app.exitWithin(EXIT_TIMEOUT_MS)).toBe(1);
    for (const name of Object.keys(env)) expect(app.stderr).toMatch(new RegExp(`^ {2}${name} must be `, 'm'));
    expect(app.stderr).not.toContain('    at ');
    expect(app.stdout).toBe('');
    expect(await readdir(folder)).toEqual([]);
  });

  it('starts in a zone of half hours, and answers its days', async () => {
    const app = await startApp({ env: { STORE_TIME_ZONE: 'Asia/Kolkata' } });
    try {
      const midnight = Date.parse(`${new Date(Date.now() - 300 * DAY_MS).toISOString().slice(0, 10)}T18:30:00Z`);
      const events = [midnight - 1, midnight, midnight + DAY_MS].map((at, place) => ({
        event_type: 'order',
        occurred_at: new Date(at).toISOString(),
        ...{ status: 'placed', order_id: `o${place}`, currency: 'USD', total: 10 ** place },
      }));
      expect((await app.request(`${API}/events`, { role: 'service', json: { events } })).body).toMatchObject({
        accepted: 3,
      });
      const [from, to] = [midnight - DAY_MS, midnight + 2 * DAY_MS].map((at) => new Date(at).toISOString());
      const { body } = await app.request(`${API}/business/sales?from=${from}&to=${to}&step=1d`, { role: 'admin' });
      expect(body.points.map((point: { gross_sales: number }) => point.gross_sales)).toEqual([1, 10, 100]);
      const today = await app.request(`${API}/business/overview?range=today`, { role: 'admin' });
      expect(today.body.meta.from).toMatch(/T18:30:00\.000Z$/);
    } finally {
      await app.stop();
    }
  });

  it('refuses production without a key to check tokens with', async () => {
    const app = start('main', { NODE_ENV: 'production' });
    expect(await app.exitWithin(EXIT_TIMEOUT_MS)).toBe(1);
    expect(app.stderr).toContain('JWT_SECRET must be set with NODE_ENV=production');
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not print secrets that it refuses', async () => {
    const app = start('main', { NODE_ENV: 'production', JWT_SECRET: 'hunter2', DATABASE_URL: 'mysql://me:hunter2@db' });
    expect(await app.exitWithin(EXIT_TIMEOUT_MS)).toBe(1);
    expect(app.stderr).toMatch(/JWT_SECRET[\s\S]*DATABASE_URL|DATABASE_URL[\s\S]*JWT_SECRET/);
    expect(app.output).not.toContain('hunter2');
  });

  it('reads a .env file of the working directory, under the environment', async () => {
    await writeFile(join(folder, '.env'), 'PORT=70000\nLOG_LEVEL=loud\n');
    const app = start('main', { LOG_LEVEL: 'info', APP_ROLE: 'web', PORT: undefined }, [], folder);
    expect(await app.exitWithin(EXIT_TIMEOUT_MS)).toBe(1);
    expect(app.stderr).toContain('PORT must be');
    expect(app.stderr).toContain('APP_ROLE must be');
    expect(app.stderr).not.toContain('LOG_LEVEL');
  });
});

describe('the command that documents the configuration', () => {
  const script = 'platform/config/document.command';

  it('finds nothing to do in this repository', async () => {
    const command = start(script, {}, ['--check'], ROOT);
    expect([await command.exitWithin(EXIT_TIMEOUT_MS), command.stderr]).toEqual([
      0,
      expect.not.stringContaining('Not up to date'),
    ]);
  });

  it('notices drift, mends it, and is content then', async () => {
    await writeFile(join(folder, '.env.example'), 'OLD=1\n');
    await writeFile(join(folder, 'README.md'), 'x\n<!-- config:start -->\n<!-- config:end -->\n');
    const check = start(script, {}, ['--check'], folder);
    expect(await check.exitWithin(EXIT_TIMEOUT_MS)).toBe(1);
    expect(check.stderr).toContain('Not up to date: .env.example, README.md');
    expect(await start(script, {}, [], folder).exitWithin(EXIT_TIMEOUT_MS)).toBe(0);
    expect(await start(script, {}, ['--check'], folder).exitWithin(EXIT_TIMEOUT_MS)).toBe(0);
  });
});
