import type { MetricRow } from '../metrics/index.js';
import { LatencyHistogram, type WindowGroup } from '../prometheus/index.js';

/** The figures of any set of requests; rates per second are of the time that was observed. */
export interface RequestFigures {
  readonly count: number;
  readonly perSecond: number | null;
  readonly errorRate: number | null;
  /** 4xx other than 429. */
  readonly clientErrorRate: number | null;
  /** 429. */
  readonly throttledRate: number | null;
  readonly latencyMs: LatencyFigures;
}

export interface LatencyFigures {
  readonly avg: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** Which metrics of the catalogue make {@link RequestFigures}. */
export const REQUEST_METRICS = [
  'api.request_count',
  'api.error_rate',
  'api.client_error_rate',
  'api.throttled_rate',
  'api.latency_avg',
  'api.latency_p50',
  'api.latency_p95',
  'api.latency_p99',
  'api.latency_max',
] as const;

const THROTTLED = '429';

/** From stored events; `seconds` is the time they are of. */
export function figuresOfRow(values: MetricRow['values'], seconds: number): RequestFigures {
  const number = (metric: (typeof REQUEST_METRICS)[number]): number | null => values[metric]?.toNumber() ?? null;
  const count = number('api.request_count') ?? 0;
  return {
    count,
    perSecond: seconds > 0 ? count / seconds : null,
    errorRate: number('api.error_rate'),
    clientErrorRate: number('api.client_error_rate'),
    throttledRate: number('api.throttled_rate'),
    latencyMs: {
      avg: number('api.latency_avg'),
      p50: number('api.latency_p50'),
      p95: number('api.latency_p95'),
      p99: number('api.latency_p99'),
      max: number('api.latency_max'),
    },
  };
}

/** From counters: percentiles are interpolated within buckets, and the longest duration is not known. */
export function figuresOfGroups(groups: readonly WindowGroup[]): RequestFigures {
  const count = sumOf(groups, (group) => group.count);
  const share = (isCounted: (statusCode: string) => boolean): number | null => {
    const counted = groups.filter(({ statusCode }) => isCounted(statusCode));
    return count === 0 ? null : sumOf(counted, (group) => group.count) / count;
  };
  return {
    count: Math.round(count),
    perSecond: sumOf(groups, (group) => group.perSecond),
    errorRate: share((code) => code.startsWith('5')),
    clientErrorRate: share((code) => code.startsWith('4') && code !== THROTTLED),
    throttledRate: share((code) => code === THROTTLED),
    latencyMs: latencyOfGroups(groups, count),
  };
}

function latencyOfGroups(groups: readonly WindowGroup[], count: number): LatencyFigures {
  const histogram = groups.reduce((sum, group) => sum.plus(group.histogram), LatencyHistogram.EMPTY);
  const seconds = groups.reduce<number | null>(
    (sum, group) => (sum === null || group.sumSeconds === null ? null : sum + group.sumSeconds),
    0,
  );
  const inMs = (value: number | null): number | null => (value === null ? null : value * 1_000);
  return {
    avg: count === 0 || seconds === null ? null : (seconds / count) * 1_000,
    p50: inMs(histogram.quantile(0.5)),
    p95: inMs(histogram.quantile(0.95)),
    p99: inMs(histogram.quantile(0.99)),
    max: null,
  };
}

function sumOf(groups: readonly WindowGroup[], of: (group: WindowGroup) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}
