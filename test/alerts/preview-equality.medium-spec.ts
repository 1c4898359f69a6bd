import fc from 'fast-check';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { eventsOf, randomRule, randomSeries, type RandomMinute } from './random-rules.js';

/** Each run is that many series, with as many rules: npm run soak takes a thousand series and more. */
const SERIES_A_RUN = 25;
const RUNS = Number(process.env.ALERT_RUNS ?? 1);
const MINUTES = 18;
const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-22T11:50:00Z');
/** Some windows end before the hour, some after: rollups of two hours. */
const ROLL_UP_EVERY = 4;

let database: TestDatabase;
let bench: AlertBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource, { intervalSeconds: 60 });
});
afterAll(() => database.drop());

interface Case {
  readonly rule: Partial<AlertConfig>;
  readonly series: readonly RandomMinute[];
}
const nameOf = (index: number): string => `s${index}`;

async function runLive(cases: readonly Case[]): Promise<AlertConfig[]> {
  const configs: AlertConfig[] = [];
  for (const [index, { rule }] of cases.entries()) {
    const dimension = rule.metric?.startsWith('api.') ? 'route' : 'service';
    configs.push(await bench.add({ ...rule, filters: rule.groupBy ? {} : { [dimension]: nameOf(index) } }));
  }
  for (let minute = 0; minute <= MINUTES; minute++) {
    const events = cases.flatMap(({ series }, index) =>
      minute === 0 ? [] : eventsOf(series, minute - 1, { name: nameOf(index), start: START }),
    );
    bench.rollups.clock.at = START + minute * MINUTE_MS;
    if (events.length > 0) await bench.rollups.store(events);
    if (minute % ROLL_UP_EVERY === 0) await bench.rollups.service.rollUp();
    await bench.tick(START + minute * MINUTE_MS);
  }
  return configs;
}

const inWords = (from: number, to: number | null, group: string | null, peak: number | null): string =>
  `${group ?? '-'} ${(from - START) / MINUTE_MS}..${to === null ? 'open' : (to - START) / MINUTE_MS} peak ${peak}`;

async function liveEpisodes(configId: string): Promise<string[]> {
  const rows = await bench.dataSource.query(
    'SELECT group_value, triggered_at, resolved_at, peak_value FROM alert_history WHERE config_id = $1',
    [configId],
  );
  return rows
    .map(
      (row: { group_value: string | null; triggered_at: Date; resolved_at: Date | null; peak_value: number | null }) =>
        inWords(row.triggered_at.getTime(), row.resolved_at?.getTime() ?? null, row.group_value, row.peak_value),
    )
    .sort();
}

async function previewed(config: AlertConfig): Promise<string[]> {
  const { firings } = await bench.preview.preview(config, {
    from: new Date(START),
    to: new Date(START + MINUTES * MINUTE_MS),
  });
  return firings.map(({ from, to, group, peak }) => inWords(from, to, group, peak)).sort();
}

it(`gives ${RUNS * SERIES_A_RUN} random series the same episodes live and in a preview`, async () => {
  let episodes = 0;
  const cases = fc.array(fc.record({ rule: randomRule, series: randomSeries(MINUTES) }), {
    minLength: SERIES_A_RUN,
    maxLength: SERIES_A_RUN,
  });
  await fc.assert(
    fc.asyncProperty(cases, async (some) => {
      await bench.clear();
      for (const config of await runLive(some)) {
        const live = await liveEpisodes(config.id);
        episodes += live.length;
        expect({ config, episodes: await previewed(config) }).toEqual({ config, episodes: live });
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // A test of nothing would pass as well.
  expect(episodes).toBeGreaterThan(RUNS * SERIES_A_RUN);
}, 600_000);
