import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import { endOf, startCommand, type CommandEnd } from '../support/command-line.js';

jest.setTimeout(180_000);

function importInto(app: StartedApp, ...args: string[]): Promise<CommandEnd> {
  return endOf(startCommand('import', ['--url', app.url, ...args], { DATA_DIR: app.dataDir }));
}

describe('orders by the thousand', () => {
  const COUNT = 12_000;
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-e2e-'));
    path = join(folder, 'orders.ndjson');
    const from = Date.now() - 20 * 3_600_000;
    const lines = Array.from({ length: COUNT }, (_, index) =>
      JSON.stringify({
        event_type: 'order',
        occurred_at: new Date(from + index).toISOString(),
        order_id: `o-${index}`,
        status: 'placed',
        currency: 'USD',
        total: 1.25,
      }),
    );
    await writeFile(path, lines.join('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function expectEachOnce(app: StartedApp): Promise<void> {
    let body: AppAnswer['body'];
    const isSettled = async (): Promise<boolean> => {
      ({ body } = await app.request(`${API}/business/overview`, { role: 'admin' }));
      return body?.meta?.stale === false && body.orders >= COUNT;
    };
    await until(isSettled, 60_000, () => `The last answer was ${JSON.stringify(body)}`);
    expect(body).toMatchObject({ orders: COUNT, gross_sales: COUNT * 1.25 });
  }

  it('are there once each after the import was killed and started again', async () => {
    const app = await startApp();
    try {
      const killed = startCommand('import', ['--url', app.url, '--batch-size', '50', '--concurrency', '1', path], {
        DATA_DIR: app.dataDir,
      });
      await until(
        async () => (await app.request(`${API}/business/overview`, { role: 'admin' })).body.orders > 1_000,
        60_000,
      );
      killed.signal('SIGKILL');
      await killed.ended;
      const second = await importInto(app, path);
      expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('0 rejected') });
      await expectEachOnce(app);
      expect((await importInto(app, path)).stdout).toContain('0 accepted, 12,000 duplicates, 0 rejected');
    } finally {
      await app.stop();
    }
  });

  it('are there once each after the service was killed and started again', async () => {
    const dataDir = join(folder, 'data');
    const app = await startApp({ dataDir });
    try {
      const command = startCommand('import', ['--url', app.url, '--batch-size', '50', path], { DATA_DIR: dataDir });
      await until(
        async () => (await app.request(`${API}/business/overview`, { role: 'admin' })).body.orders > 1_000,
        60_000,
      );
      await app.kill9();
      await until(() => command.stderr.includes('Trying again'), 20_000);
      await app.startAgain();
      expect(await endOf(command)).toMatchObject({ code: 0, stderr: expect.stringContaining('Going on after') });
      await expectEachOnce(app);
    } finally {
      await app.stop();
    }
  });
});
