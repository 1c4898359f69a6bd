import type { DatabaseHealthDto } from './database.dto.js';
import type { EndpointsDto } from './endpoints.dto.js';
import type { HealthOverviewDto } from './overview.dto.js';
import type { TimeseriesDto } from './timeseries.dto.js';

const LIVE_META = {
  from: '2026-11-22T09:55:10.000Z',
  to: '2026-11-22T10:00:10.000Z',
  range: null,
  source: 'prometheus',
  generated_at: '2026-11-22T10:00:14.210Z',
  stale: false,
  percentile_error: null,
} as const;

export const HEALTH_OVERVIEW_EXAMPLE: HealthOverviewDto = {
  status: 'healthy',
  uptime_seconds: 86400.25,
  availability: 0.9996,
  availability_coverage: 0.98,
  requests_per_second: 12.4,
  error_rate: 0.0004,
  client_error_rate: 0.021,
  latency_ms: { p50: 41.2, p95: 212.5, p99: 640 },
  components: {
    api: {
      status: 'healthy',
      detail:
        '3720 requests in the live window: 0.04 % answered 5xx (limits 1 % and 50 %), p95 213 ms (limit 2000 ms).',
    },
    database: {
      status: 'healthy',
      detail: 'It answered in 2 ms (limit 200 ms); 10 % of the read pool is in use (limit 90 %), 0 waiting.',
    },
    queue: {
      status: 'healthy',
      detail: 'It answered in 3 ms (limit 200 ms); most jobs wait in rollups: 1 (limit 1000); 0 failed within 7 days.',
    },
    cache: { status: 'healthy', detail: 'Redis answered in 1 ms (limit 200 ms).' },
    prometheus: { status: 'healthy', detail: 'http://shop:9464/metrics answered 4.2 s ago.' },
    alerts: {
      status: 'healthy',
      detail: 'None late or failed in 10 min; the last one was due at 2026-11-22T10:00:00Z.',
    },
    notifications: { status: 'off', detail: 'Email, Slack and SMS are not configured.' },
  },
  meta: LIVE_META,
};

export const ENDPOINTS_EXAMPLE: EndpointsDto = {
  endpoints: [
    {
      service: 'shop-api',
      method: 'GET',
      route: '/products/:id',
      count: 1840,
      requests_per_second: 6.13,
      error_rate: 0.001,
      client_error_rate: 0.03,
      throttled_rate: 0.002,
      latency_ms: { avg: 63.1, p50: 41.2, p95: 212.5, p99: 640, max: null },
    },
  ],
  meta: LIVE_META,
};

export const TIMESERIES_EXAMPLE: TimeseriesDto = {
  series: [
    {
      metric: 'request_count',
      unit: 'count',
      points: [
        { t: '2026-11-22T09:00:00.000Z', value: 318 },
        { t: '2026-11-22T09:01:00.000Z', value: 122, partial: true },
      ],
    },
    {
      metric: 'latency_p95',
      unit: 'ms',
      points: [
        { t: '2026-11-22T09:00:00.000Z', value: 198.4 },
        { t: '2026-11-22T09:01:00.000Z', value: null, partial: true },
      ],
    },
  ],
  meta: {
    from: '2026-11-22T09:00:00.000Z',
    to: '2026-11-22T09:01:30.000Z',
    range: null,
    step_seconds: 60,
    source: 'hybrid',
    generated_at: '2026-11-22T09:01:30.000Z',
    stale: false,
    percentile_error: 0.01,
  },
};

export const DATABASE_EXAMPLE: DatabaseHealthDto = {
  status: 'healthy',
  pool: { total: 6, idle: 5, waiting: 0, max: 12 },
  query_latency_ms: { p50: 0.9, p95: 6.4, p99: 21 },
  connections: { active: 2, idle: 11, max: 100 },
  cache_hit_ratio: 0.998,
  transactions_per_second: 74.2,
  deadlocks: 0,
  size_bytes: 913833984,
  largest_tables: [{ name: 'analytics_events', bytes: 734003200, rows_estimate: 1200000 }],
  statements: [{ query_id: '-5210358238105342423', kind: 'SELECT', calls: 8123, mean_ms: 1.42, total_ms: 11534.7 }],
  meta: { ...LIVE_META, source: 'raw', percentile_error: 0.05 },
};
