import { Injectable } from '@nestjs/common';
import {
  MetricReader,
  readMeta,
  TimeFrame,
  type Bucket,
  type MetricAnswer,
  type ReadMeta,
  type StepName,
  type TimeRange,
} from '../metrics/index.js';
import { RequestSeries, type RequestPoint } from '../prometheus/index.js';
import { HEALTH_METRICS, type HealthMetric, type TimeseriesQueryDto } from './dto/health-query.dto.js';
import type { HealthPointDto, HealthSeriesDto, TimeseriesDto } from './dto/timeseries.dto.js';
import { StoredEvents } from './stored-events.js';

interface SeriesRequest {
  readonly now: Date;
  readonly range: TimeRange;
  readonly step: StepName;
  readonly buckets: readonly Bucket[];
  readonly metrics: readonly HealthMetric[];
  readonly route?: string;
}

const METRICS: Record<HealthMetric, { readonly unit: HealthSeriesDto['unit']; readonly of: ValueOf }> = {
  request_count: { unit: 'count', of: ({ count }) => Math.round(count) },
  error_rate: { unit: 'ratio', of: ({ errors, count }) => (count > 0 ? errors / count : null) },
  latency_p50: { unit: 'ms', of: ({ histogram }) => inMs(histogram.quantile(0.5)) },
  latency_p95: { unit: 'ms', of: ({ histogram }) => inMs(histogram.quantile(0.95)) },
  latency_p99: { unit: 'ms', of: ({ histogram }) => inMs(histogram.quantile(0.99)) },
};
type ValueOf = (point: RequestPoint) => number | null;

/** Requests over time: from stored events; from a Prometheus server only where no events are sent at all. */
@Injectable()
export class HealthSeriesService {
  constructor(
    private readonly time: TimeFrame,
    private readonly reader: MetricReader,
    private readonly server: RequestSeries,
    private readonly stored: StoredEvents,
  ) {}

  async timeseries(query: TimeseriesQueryDto): Promise<TimeseriesDto> {
    const request = this.resolve(query);
    if (this.server.isConfigured && !(await this.stored.exist(request.now))) {
      const answer = await this.fromServer(request);
      if (answer) return answer;
      return this.fromEvents(request, true);
    }
    return this.fromEvents(request, false);
  }

  private resolve(query: TimeseriesQueryDto): SeriesRequest {
    const now = this.time.now();
    const range = this.time.range(query, now);
    const step = this.time.step(query.step, range, now);
    const buckets = this.time.buckets(range, step, 'UTC', now);
    const metrics = HEALTH_METRICS.filter((metric) => query.metric?.includes(metric) ?? true);
    return { now, range, step, buckets, metrics, ...(query.route !== undefined && { route: query.route }) };
  }

  private async fromEvents(request: SeriesRequest, failing: boolean): Promise<TimeseriesDto> {
    const { metrics, range, buckets, route } = request;
    const answer = await this.reader.read({
      metrics: metrics.map((metric) => `api.${metric}`),
      range,
      buckets,
      filters: route === undefined ? {} : { route: [route] },
    });
    return {
      series: metrics.map((metric) => ({
        metric,
        unit: METRICS[metric].unit,
        points: eventPoints(answer, metric, buckets),
      })),
      meta: readMeta({ ...request, provenance: { ...answer, stale: answer.stale || failing }, holds: ['percentiles'] }),
    };
  }

  /** Undefined when the server does not answer and never has answered this question. */
  private async fromServer(request: SeriesRequest): Promise<TimeseriesDto | undefined> {
    const { buckets, metrics, route } = request;
    const [first, last] = [buckets[0], buckets.at(-1)];
    if (!first || !last) return undefined;
    const stepSeconds = (first.end.getTime() - first.start.getTime()) / 1_000;
    const answer = await this.server.read({ from: first.end, to: last.end, stepSeconds, ...(route && { route }) });
    if (!answer) return undefined;
    const series = metrics.map((metric) => ({
      metric,
      unit: METRICS[metric].unit,
      points: buckets.map((bucket) => {
        const point = answer.value.get(bucket.end.getTime());
        return toPoint(bucket, point ? METRICS[metric].of(point) : ofNothing(metric));
      }),
    }));
    return { series, meta: serverMeta(request, !answer.fresh) };
  }
}

function eventPoints({ rows }: MetricAnswer, metric: HealthMetric, buckets: readonly Bucket[]): HealthPointDto[] {
  return buckets.map((bucket, index) => {
    // Without groups there is a row for every bucket, in order.
    const value = rows[index]?.values[`api.${metric}`]?.toNumber();
    return toPoint(bucket, value ?? ofNothing(metric));
  });
}

function toPoint({ start, partial }: Bucket, value: number | null): HealthPointDto {
  return { t: start.toISOString(), value, ...(partial && { partial: true as const }) };
}

function ofNothing(metric: HealthMetric): number | null {
  return metric === 'request_count' ? 0 : null;
}

function serverMeta(request: SeriesRequest, stale: boolean): ReadMeta {
  const provenance = { source: 'raw', stale, distinctExact: true } as const;
  return { ...readMeta({ ...request, provenance }), source: 'prometheus', percentile_error: null };
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1_000;
}
