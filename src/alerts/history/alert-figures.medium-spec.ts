import { randomUUID } from 'node:crypto';
import { RollupBench } from '../../../test/rollups/rollup-bench.js';
import { createTestDatabase, truncate, type TestDatabase } from '../../../test/support/database.js';
import { TimeFrame, type RangeQueryDto } from '../../metrics/index.js';
import { DeliveryLog } from '../../notifications/index.js';
import type { AppConfig } from '../../platform/config/index.js';
import { AlertStatsRepository } from '../store/alert-stats.repository.js';
import { AlertRepository } from '../store/alert.repository.js';
import { ActiveAlerts } from './active-alerts.js';
import { AlertHistoryService } from './alert-history.service.js';
import { AlertStatsService } from './alert-stats.service.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;
const ONE = '00000000-0000-4000-8000-000000000001';
const TWO = '00000000-0000-4000-8000-000000000002';

let database: TestDatabase;
let stats: AlertStatsService;
let active: ActiveAlerts;

beforeAll(async () => {
  database = await createTestDatabase();
  const { dataSource } = database;
  const bench = new RollupBench(dataSource);
  bench.clock.at = NOW;
  const config = { ingest: { rawRetentionDays: 7 }, business: { storeTimeZone: 'UTC' } } as unknown as AppConfig;
  stats = new AlertStatsService(new AlertStatsRepository(dataSource), new TimeFrame(bench.clock, config, bench.policy));
  const alerts = new AlertRepository(dataSource);
  // What was told of an alert is another room's matter; here nobody was told anything.
  const nothingTold = { forAlerts: async () => new Map() } as unknown as DeliveryLog;
  active = new ActiveAlerts(alerts, new AlertHistoryService(alerts, nothingTold));
});
afterAll(() => database.drop());
beforeEach(() => truncate(database.dataSource, 'alert_history'));

/** An alert of so many minutes ago; what happened to it, in seconds after it began. */
interface Happened {
  readonly minutesAgo: number;
  readonly config?: string;
  readonly group?: string;
  readonly severity?: string;
  readonly acknowledged?: number;
  readonly resolved?: number;
  readonly by?: string;
}

async function store(...all: Happened[]): Promise<void> {
  for (const { minutesAgo, config = ONE, group, severity = 'warning', acknowledged, resolved, by = 'auto' } of all) {
    const at = NOW - minutesAgo * MINUTE_MS;
    const after = (seconds?: number): Date | null => (seconds === undefined ? null : new Date(at + seconds * 1_000));
    const status = resolved !== undefined ? 'resolved' : acknowledged !== undefined ? 'acknowledged' : 'firing';
    const about: unknown[] = [randomUUID(), config, `of ${minutesAgo}`, group ?? null, severity, status];
    const times = [new Date(at), after(acknowledged), after(resolved), resolved === undefined ? null : by];
    await database.dataSource.query(
      `INSERT INTO alert_history (id, config_id, config_name, metric, condition, threshold, group_value, severity, status,
         triggered_at, acknowledged_at, resolved_at, resolved_by)
       VALUES ($1, $2, $3, 'errors.count', 'threshold_above', 10, $4, $5, $6, $7, $8, $9, $10)`,
      [...about, ...times],
    );
  }
}

const read = (query: RangeQueryDto = {}) => stats.read(query);

describe('figures of alerts', () => {
  it('are zeros and nulls where there was none', async () => {
    expect(await read()).toMatchObject({
      ...{ alerts: 0, acknowledged: 0, resolved: 0, flapping: null, noise: null, per_config: [] },
      time_to_acknowledge_seconds: { mean: null, p95: null },
      time_to_resolve_seconds: { mean: null, p95: null },
    });
  });

  it('are mean and p95 of the time that people took', async () => {
    // 1 to 20 minutes: the mean is 10.5, and the 19th of 20 is the 95th percentile by nearest rank.
    const minutes = Array.from({ length: 20 }, (_, index) => index + 1);
    await store(...minutes.map((n) => ({ minutesAgo: 60 * n + 60, acknowledged: n * 30, resolved: n * 60 })), {
      minutesAgo: 5,
    });
    expect(await read()).toMatchObject({
      ...{ alerts: 21, acknowledged: 20, resolved: 20 },
      time_to_acknowledge_seconds: { mean: 315, p95: 570 },
      time_to_resolve_seconds: { mean: 630, p95: 1_140 },
    });
  });

  it('call it flapping when an alert begins within an hour of the end of the one before', async () => {
    await store(
      { minutesAgo: 300, resolved: 600 },
      { minutesAgo: 240, resolved: 600 }, // 50 minutes after the end
      { minutesAgo: 170, resolved: 600 }, // 60 minutes after the end: not any more
      { minutesAgo: 100, resolved: 60 }, // 60 minutes
      { minutesAgo: 90, group: 'other', resolved: 60 }, // of another group
      { minutesAgo: 85, config: TWO, resolved: 60 }, // of another config
    );
    const { flapping, per_config } = await read();
    expect(flapping).toBeCloseTo(1 / 6);
    expect(per_config.map(({ flapping: own }) => own)).toEqual([1 / 5, 0]);
  });

  it('see the alert before the range when they look for flapping', async () => {
    await store({ minutesAgo: 70, resolved: 60 }, { minutesAgo: 50 });
    expect(await read({ range: '1h' })).toMatchObject({ alerts: 1, flapping: 1 });
  });

  it('call it noise when an alert goes by itself and nobody cared', async () => {
    await store(
      { minutesAgo: 50, resolved: 60, by: 'auto' },
      { minutesAgo: 40, resolved: 60, by: 'gone', group: 'x' },
      { minutesAgo: 30, resolved: 60, by: 'auto', acknowledged: 30 },
      { minutesAgo: 20, resolved: 60, by: 'maya' },
      { minutesAgo: 10, resolved: 60, by: 'config_changed' },
      { minutesAgo: 5 },
    );
    expect(await read()).toMatchObject({ resolved: 5, noise: 2 / 5 });
  });

  it('are those of each config, most alerts first, under the name of its latest alert', async () => {
    await store(
      { minutesAgo: 50, config: TWO, resolved: 60 },
      { minutesAgo: 40, config: ONE, acknowledged: 90 },
      { minutesAgo: 30, config: ONE, acknowledged: 30 },
    );
    const { per_config } = await read();
    expect(per_config).toEqual([
      expect.objectContaining({
        ...{ config_id: ONE, config_name: 'of 30', alerts: 2, acknowledged: 2, resolved: 0, noise: null },
        time_to_acknowledge_seconds: { mean: 60, p95: 90 },
      }),
      expect.objectContaining({ config_id: TWO, config_name: 'of 50', alerts: 1, acknowledged: 0, noise: 1 }),
    ]);
  });

  it('are of alerts that were triggered in the range, its end left out', async () => {
    await store({ minutesAgo: 61 }, { minutesAgo: 60 }, { minutesAgo: 30 }, { minutesAgo: 10 });
    expect(await read({ range: '1h' })).toMatchObject({
      alerts: 3,
      meta: { range: '1h', from: '2026-11-22T11:00:00.000Z' },
    });
    const given = { from: '2026-11-22T11:00:00Z', to: '2026-11-22T11:30:00Z' };
    expect(await read(given)).toMatchObject({ alerts: 1 });
  });
});

describe('the summary of active alerts', () => {
  it('counts who nobody acknowledged by severity, and shows the ten newest', async () => {
    await store(
      ...Array.from({ length: 11 }, (_, index) => ({
        minutesAgo: 20 + index,
        severity: 'critical',
        group: `g${index}`,
      })),
      { minutesAgo: 10, severity: 'info' },
      { minutesAgo: 9, severity: 'warning', acknowledged: 30 },
      { minutesAgo: 8, severity: 'warning', resolved: 30 },
    );
    const { total, by_severity, items } = await active.summary();
    expect({ total, by_severity }).toEqual({ total: 12, by_severity: { info: 1, warning: 0, critical: 11 } });
    expect(items.map(({ group }) => group)).toEqual([null, ...Array.from({ length: 9 }, (_, index) => `g${index}`)]);
  });

  it('is empty where nothing fires', async () => {
    expect(await active.summary()).toEqual({ total: 0, by_severity: { info: 0, warning: 0, critical: 0 }, items: [] });
  });
});
