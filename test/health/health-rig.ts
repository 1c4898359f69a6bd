import { randomUUID } from 'node:crypto';
import { HealthEndpointsService } from '../../src/health-analytics/health-endpoints.service.js';
import { HealthFrame } from '../../src/health-analytics/health-frame.js';
import { HealthOverviewService } from '../../src/health-analytics/health-overview.service.js';
import { HealthSeriesService } from '../../src/health-analytics/health-series.service.js';
import { LiveWindowReader } from '../../src/health-analytics/live-window.reader.js';
import { RequestsReader } from '../../src/health-analytics/requests.reader.js';
import { StoredEvents } from '../../src/health-analytics/stored-events.js';
import { TimeFrame } from '../../src/metrics/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { ComponentHealth } from '../../src/platform/probes/index.js';
import { LiveRequests } from '../../src/prometheus/index.js';
import { RequestSeries } from '../../src/prometheus/request-series.service.js';
import type { StreamEvent } from '../rollups/reference.js';
import { RollupBench } from '../rollups/rollup-bench.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** The health services on a database of their own, without any source of metrics, with a clock that the test sets. */
export interface HealthRig {
  readonly bench: RollupBench;
  readonly overviews: HealthOverviewService;
  readonly endpoints: HealthEndpointsService;
  readonly series: HealthSeriesService;
  /** Empties the database and sets the clock. */
  reset(now: string): Promise<void>;
  /** Each check is made on raw events and again when everything is rolled up: the figures must not move. */
  rawAndRolledUp(check: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openHealthRig(): Promise<HealthRig> {
  const database: TestDatabase = await createTestDatabase();
  const bench = new RollupBench(database.dataSource);
  const config = loadConfig({});
  const logger = Logger.create('silent');
  const components = new ComponentHealth(logger);
  const time = new TimeFrame(bench.clock, config, bench.policy);
  const frame = new HealthFrame(time, bench.policy);
  const requests = new RequestsReader(bench.reader, frame);
  const live = new LiveWindowReader(new LiveRequests([], bench.clock, components), requests, frame, logger);
  return {
    bench,
    overviews: new HealthOverviewService(frame, live, requests, components, config),
    endpoints: new HealthEndpointsService(frame, live, requests),
    series: new HealthSeriesService(time, bench.reader, new RequestSeries(), new StoredEvents(bench.reader)),
    async reset(now) {
      await bench.clear();
      bench.clock.at = Date.parse(now);
    },
    async rawAndRolledUp(check) {
      await check();
      await bench.service.rollUp();
      await check();
    },
    close: () => database.drop(),
  };
}

export function request(occurredAt: string, fields: Record<string, unknown> = {}): StreamEvent {
  const plain = { method: 'GET', route: '/a', status_code: 200, duration_ms: 10 };
  const common = { event_id: randomUUID(), correlation_id: 'test', event_type: 'api_request' as const };
  return { ...common, occurred_at: occurredAt, ...plain, ...fields };
}
