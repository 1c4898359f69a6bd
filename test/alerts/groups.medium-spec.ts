import { randomUUID } from 'node:crypto';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import type { StreamEvent } from '../rollups/reference.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { errorsAt, requestAt } from './alert-builders.js';

jest.setTimeout(180_000);
let database: TestDatabase;
let bench: AlertBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource, { intervalSeconds: 60 });
});
afterEach(() => bench.clear());
afterAll(() => database.drop());

const MINUTE = 60_000;
const DAY = 24 * 60;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): number => NOON + minutes * MINUTE;
/** Every minute at first and around the end of the memory of groups, every 30 minutes in between. */
const TICKS = [
  ...Array.from({ length: 8 }, (_, index) => index),
  ...Array.from({ length: 46 }, (_, index) => (index + 1) * 30),
  ...Array.from({ length: 8 }, (_, index) => DAY - 3 + index),
];

function job(minutes: number, overrides: object = {}): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'ml_job',
    occurred_at: new Date(at(minutes) - 1_000).toISOString(),
    pipeline: '3d',
    provider: 'c19',
    status: 'succeeded',
    duration_ms: 100,
    ...overrides,
  };
}

const inWords = (group: string | null, from: number, to: number | null): string =>
  `${group ?? '-'} ${(from - NOON) / MINUTE}..${to === null ? 'open' : (to - NOON) / MINUTE}`;

/** The episodes of a rule that is evaluated live over a day, which a preview of the same time has to give as well. */
async function episodesOf(
  rule: Partial<AlertConfig>,
  events: readonly StreamEvent[],
  ticks: readonly number[] = TICKS,
): Promise<string[]> {
  const config = await bench.add({ windowSeconds: 60, threshold: 0, cooldownSeconds: 0, ...rule });
  bench.rollups.clock.at = at(0);
  if (events.length > 0) await bench.rollups.store(events);
  for (const minutes of ticks) {
    if (minutes % 30 === 0) {
      bench.rollups.clock.at = at(minutes);
      await bench.rollups.service.rollUp();
      bench.restart();
    }
    await bench.tick(at(minutes));
  }
  const live = (await bench.history()).map(
    ({ group_value: group, triggered_at: from, resolved_at: to, resolved_by: by, resolved_value: value }) =>
      `${inWords(group, from.getTime(), to?.getTime() ?? null)}${to ? ` ${by} ${value}` : ''}`,
  );
  const last = ticks.at(-1) ?? 0;
  const { firings } = await bench.preview.preview(config, { from: new Date(at(0)), to: new Date(at(last)) });
  const previewed = firings.map(({ from, to, group }) => inWords(group, from, to));
  expect(previewed.sort()).toEqual(live.map((text) => text.replace(/ (auto|gone) \S+$/, '')).sort());
  return live;
}

describe('events without the dimension of group_by', () => {
  const failure = { metric: 'ml.failure_count', groupBy: 'model', filters: { provider: 'c18' } };

  it('form the group (none), in alerts and their notices', async () => {
    const failed = job(0, { provider: 'c18', status: 'failed' });
    expect(await episodesOf(failure, [failed], [0, 1, 2])).toEqual(['(none) 0..1 auto 0']);
    expect(bench.notifier.notices[0]?.group).toBe('(none)');
  });

  it('go on with a state that a process of the version before has written under the empty group', async () => {
    const config = await bench.add({ ...failure, windowSeconds: 60, threshold: 0 });
    await bench.rollups.store([job(0, { provider: 'c18', status: 'failed' })]);
    await bench.tick(at(0));
    const id = await bench.onlyAlert();
    expect(await bench.dataSource.query('SELECT instance, group_value FROM alert_states')).toEqual([
      { instance: '=', group_value: '' },
    ]);
    await bench.dataSource.query(`UPDATE alert_history SET group_value = ''`);
    await bench.tick(at(1));
    expect(await bench.history()).toMatchObject([{ id, config_id: config.id, status: 'resolved', resolved_value: 0 }]);
  });
});

describe('a count whose group sends nothing any more', () => {
  it('recovers with 0', async () => {
    const error = errorsAt(at(0) - 1_000, 1, 'c19');
    expect(await episodesOf({ groupBy: 'name', filters: { service: 'c19' } }, error, [0, 1, 2])).toEqual([
      'Timeout 0..1 auto 0',
    ]);
  });

  it('is below a threshold for a day, across restarts, and is gone then', async () => {
    const rule = { metric: 'ml.job_count', groupBy: 'provider', condition: 'threshold_below', threshold: 3 } as const;
    const jobs = Array.from({ length: 5 }, () => job(0));
    expect(await episodesOf(rule, jobs)).toEqual([`c19 1..${DAY} gone null`]);
  });

  it('is seen to fall to nothing by rate_of_change, and without a baseline has no data', async () => {
    const rule = { metric: 'ml.job_count', groupBy: 'provider', condition: 'rate_of_change', threshold: -0.5 } as const;
    const jobs = Array.from({ length: 5 }, () => job(0));
    expect(await episodesOf({ ...rule, minSamples: 5 }, jobs, [0, 1, 2, 3])).toEqual(['c19 1..2 gone null']);
  });
});

describe('a ratio whose group sends nothing any more', () => {
  const rule = { metric: 'api.error_rate', groupBy: 'route', threshold: 0.5 };
  const failing = Array.from({ length: 5 }, () => requestAt(at(0) - 1_000, { status: 500, route: '/c19' }));

  it('is gone at once where no data is ok', async () => {
    expect(await episodesOf({ ...rule, noData: 'ok' }, failing, [0, 1, 2])).toEqual(['/c19 0..1 gone null']);
  });

  it('keeps its state for a day with keep', async () => {
    expect(await episodesOf({ ...rule, noData: 'keep' }, failing)).toEqual([`/c19 0..${DAY} gone null`]);
  });

  it('fires as the group that it is with alert, once that is so for as long as the rule says', async () => {
    const fine = Array.from({ length: 5 }, () => requestAt(at(0) - 1_000, { route: '/c19' }));
    expect(await episodesOf({ ...rule, noData: 'alert', forSeconds: 120 }, fine)).toEqual([`/c19 3..${DAY} gone null`]);
    expect(bench.notifier.notices[0]).toMatchObject({ group: '/c19', value: null });
  });
});

describe('a rule that should tell of missing data', () => {
  it('fires as a whole while it has never had a group, and not beside the first one', async () => {
    const rule = { metric: 'api.error_rate', groupBy: 'route', threshold: 0.5, noData: 'alert' } as const;
    expect(await episodesOf(rule, [requestAt(at(3) - 1_000, { route: '/c19' })], [0, 1, 2, 3, 4, 5])).toEqual([
      '- 0..3 auto null',
      '/c19 4..open',
    ]);
  });

  it('fires without group_by as well where there never was any data', async () => {
    const rule = { metric: 'api.latency_p95', threshold: 100, noData: 'alert', forSeconds: 60 } as const;
    expect(await episodesOf(rule, [], [0, 1, 2])).toEqual(['- 1..open']);
  });

  it('does not fire as a whole for groups that were there longer than a day ago', async () => {
    const old = requestAt(at(-3 * DAY), { route: '/old' });
    const rule = { metric: 'api.error_rate', groupBy: 'route', threshold: 0.5, noData: 'alert' } as const;
    expect(await episodesOf(rule, [old], [0, 1, 2])).toEqual([]);
  });
});

it('finds the requests of a rule whose method was stored in lower case', async () => {
  const rule = { metric: 'api.error_rate', filters: { method: 'get', route: '/c36' }, threshold: 0.5 };
  const failing = Array.from({ length: 4 }, () => requestAt(at(0) - 1_000, { status: 500, route: '/c36' }));
  expect(await episodesOf(rule, failing, [0, 1])).toEqual(['- 0..1 auto null']);
});

it('evaluates the groups in the window while it cannot be read which others there are, and ends no alert of those', async () => {
  await bench.add({ groupBy: 'service', threshold: 0, windowSeconds: 60 });
  await bench.rollups.store([...errorsAt(at(0) - 1_000, 1, 'shop'), ...errorsAt(at(1) - 1_000, 1, 'pay')]);
  await bench.tick(at(0));
  bench.restart();
  const { reader } = bench.rollups;
  const seen = reader.seen.bind(reader);
  reader.seen = () => Promise.reject(new Error('Too slow.'));
  await bench.tick(at(1));
  reader.seen = seen;
  expect((await bench.history()).map(({ group_value: group, status }) => [group, status])).toEqual([
    ['shop', 'firing'],
    ['pay', 'firing'],
  ]);
  await bench.tick(at(2));
  expect((await bench.history()).map(({ status, resolved_value: value }) => [status, value])).toEqual([
    ['resolved', 0],
    ['resolved', 0],
  ]);
});
