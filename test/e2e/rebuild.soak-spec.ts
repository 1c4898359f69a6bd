import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API } from '../support/app.js';
import { until } from '../support/app-process.js';
import { endOf, startCommand, type CommandEnd } from '../support/command-line.js';
import { LoadTarget } from '../support/load-target.js';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const STARTED_AT = Date.now();
/** A day before the one on which these tests were started, which may end meanwhile. */
const dayOf = (ago: number): string => new Date(STARTED_AT - ago * DAY_MS).toISOString().slice(0, 10);

describe('the rebuild command', () => {
  let target: LoadTarget;

  beforeAll(async () => {
    target = await LoadTarget.start();
    const events = Array.from({ length: 100 }, (_, index) => ({
      event_type: 'error',
      occurred_at: new Date(Date.parse(dayOf(1)) + index * 800_000).toISOString(),
      name: `e${index % 3}`,
      message: 'm',
    }));
    await target.app.request(`${API}/events`, { role: 'service', json: { events } });
    await until(async () => (await rolledUpErrors()) === 100, 30_000);
  });
  afterAll(() => target.remove());

  function rebuild(...args: string[]): Promise<CommandEnd> {
    return endOf(startCommand('rebuild', args, { DATA_DIR: target.app.dataDir }));
  }

  async function rolledUpErrors(): Promise<number> {
    const [row] = await target.query<{ count: number }>(
      `SELECT coalesce(sum(count), 0)::int AS count FROM analytics_rollups
        WHERE family = 'errors' AND granularity = 'daily' AND dimensions = '{}'`,
    );
    return row?.count ?? 0;
  }

  const range = ['--from', dayOf(1), '--to', dayOf(0)];

  it('finds nothing to change where nothing is wrong', async () => {
    const end = await rebuild(...range);
    expect(end).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+ buckets computed again, 0 changed\n$/) });
  });

  it('says what it would repair, repairs it, and then finds nothing more', async () => {
    await target.query(
      `UPDATE analytics_rollups SET count = count + 7 WHERE granularity = 'daily' AND family = 'errors'`,
    );
    await target.query(`DELETE FROM analytics_rollups WHERE granularity = 'hourly' AND family = 'errors'`);
    const broken = await rolledUpErrors();
    const trial = await rebuild(...range, '--dry-run');
    // A day, and the 23 hours that 100 × 800 s touch.
    expect(trial).toMatchObject({ code: 0, stdout: expect.stringContaining('24 would change') });
    expect(await rolledUpErrors()).toBe(broken);
    expect((await rebuild(...range)).stdout).toContain('24 changed');
    expect(await rolledUpErrors()).toBe(100);
    expect((await rebuild(...range)).stdout).toContain('0 changed');
  });

  it.each([
    [[], 2, /--from/],
    [['--from', dayOf(0), '--to', dayOf(1)], 2, /before --to/],
    [['--from', 'yesterday', '--to', dayOf(0)], 2, /UTC day/],
    [['--from', dayOf(300), '--to', dayOf(0)], 2, /Raw events reach back to/],
    [[...range, '--force'], 2, /unknown option/],
  ])('refuses %j', async (args, code, message) => {
    const end = await rebuild(...args);
    expect([end.code, end.stdout]).toEqual([code, '']);
    expect(end.stderr).toMatch(message);
  });

  it('says what to do when there is no database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rebuild-e2e-'));
    const end = await endOf(startCommand('rebuild', range, { DATA_DIR: folder }));
    await rm(folder, { recursive: true });
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/Start the service/);
  });
});
