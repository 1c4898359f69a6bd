import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { stayWithinDay } from '../support/app-process.js';
import { startApp, type StartedApp } from '../support/app.js';
import { endOf, startCommand, type CommandEnd } from '../support/command-line.js';

jest.setTimeout(180_000);

describe('the demo', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const demo = (...args: string[]): Promise<CommandEnd> => {
    const size = ['--days', '8', '--events-per-day', '1500'];
    return endOf(startCommand('demo', ['--url', app.url, ...size, ...args], { DATA_DIR: app.dataDir }));
  };
  const tallyOf = ({ stdout }: CommandEnd): number[] =>
    (/demo: ([\d,]+) accepted, ([\d,]+) duplicates, ([\d,]+) rejected/.exec(stdout) ?? [])
      .slice(1)
      .map((figure) => Number(figure.replaceAll(',', '')));

  it('fills the service, and a repeat changes nothing', async () => {
    const first = await demo();
    expect(first.code).toBe(0);
    const [accepted, ...others] = tallyOf(first);
    expect(accepted).toBeGreaterThan(8_000);
    expect(others).toEqual([0, 0]);
    expect(tallyOf(await demo())).toEqual([0, accepted, 0]);
    const [more, duplicates] = tallyOf(await demo('--extend'));
    expect(duplicates).toBe(accepted);
    expect(more).toBeLessThan(100);
  });

  it('ends with calls that can be made as they are printed', async () => {
    const { stdout } = await demo();
    const paths = [...stdout.matchAll(/curl .* '(http[^']+)'/g)].map(([, url]) =>
      (url as string).slice(app.url.length),
    );
    expect(paths.length).toBeGreaterThanOrEqual(5);
    for (const path of paths) {
      const { status, body } = await app.request(path, { role: 'admin' });
      expect([path, status]).toEqual([path, 200]);
      const shown = (body.items ?? body.points ?? [body]) as { orders?: number }[];
      expect(shown.length).toBeGreaterThan(0);
    }
    const overview = await app.request(paths[0] as string, { role: 'admin' });
    expect(overview.body.orders).toBeGreaterThan(10);
    expect(overview.body.sessions).toBeGreaterThan(overview.body.orders);
  });
});

describe('a demo file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (path: string): Promise<CommandEnd> =>
    endOf(startCommand('demo', ['--days', '2', '--events-per-day', '500', '--output', path], { DATA_DIR: folder }));

  it('holds whole days up to yesterday, the same each time, plain or compressed', async () => {
    await stayWithinDay(15_000);
    const [plain, packed] = [join(folder, 'a.ndjson'), join(folder, 'a.ndjson.gz')];
    expect(await write(plain)).toMatchObject({ code: 0, stdout: expect.stringMatching(/events written in/) });
    expect((await write(packed)).code).toBe(0);
    const text = await readFile(plain, 'utf8');
    expect(gunzipSync(await readFile(packed)).toString()).toBe(text);
    const days = new Set(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { occurred_at: string }).occurred_at.slice(0, 10)),
    );
    const dayAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    expect([...days]).toEqual([dayAgo(2), dayAgo(1)]);
  });

  it('is never written over another file', async () => {
    const path = join(folder, 'a.ndjson');
    await write(path);
    expect(await write(path)).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already/) });
  });
});
