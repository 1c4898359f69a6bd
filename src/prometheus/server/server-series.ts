import { boundOf } from '../domain/exposition-parser.js';
import { LatencyHistogram } from '../domain/latency-histogram.js';
import { LatestAnswers, type DatedAnswer } from '../../platform/deadline/index.js';
import { inWindow, ofRoute, type Expressions } from './expressions.js';
import type { PrometheusClient, RangeOfTime, Series } from './prometheus-client.js';

/** Requests over time: evaluated at the end of each step, for the step. */
export interface SeriesRead extends RangeOfTime {
  readonly route?: string;
}

export interface RequestPoint {
  readonly count: number;
  /** Answered 5xx. */
  readonly errors: number;
  readonly histogram: LatencyHistogram;
}

/** By the end of the step, in ms. Steps without requests are missing. */
export type RequestPoints = ReadonlyMap<number, RequestPoint>;

/** Half a second is what an answer may take in all. */
const PATIENCE_MS = 300;
const MAX_KEPT = 100;

/** Time series from a Prometheus server: new ones in time, else the last good ones of the same question. */
export class ServerSeries {
  private readonly answers = new LatestAnswers<RequestPoints>({ patienceMs: PATIENCE_MS, maxEntries: MAX_KEPT });

  constructor(
    private readonly client: PrometheusClient,
    private readonly expressions: Expressions,
  ) {}

  async read(read: SeriesRead): Promise<DatedAnswer<RequestPoints> | undefined> {
    const length = read.to.getTime() - read.from.getTime();
    const key = JSON.stringify([length, read.stepSeconds, read.route]);
    return this.answers.get(key, read.to, () => this.load(read));
  }

  private async load(read: SeriesRead): Promise<RequestPoints> {
    const buckets = ofRoute(inWindow(this.expressions.buckets, read.stepSeconds), read.route);
    const expression = `sum by (status_code, le) ${buckets}`;
    return pointsOf(await this.client.attempt(() => this.client.range(expression, read)));
  }
}

function pointsOf(series: readonly Series[]): RequestPoints {
  const cells = new Map<number, { all: Map<number, number>; errors: number }>();
  for (const { labels, values } of series) {
    const bound = boundOf(labels['le'] ?? '');
    if (Number.isNaN(bound)) continue;
    const isError = bound === Infinity && (labels['status_code'] ?? '').startsWith('5');
    for (const [at, value] of values) {
      if (!Number.isFinite(value)) continue;
      const cell = cells.get(at * 1_000) ?? { all: new Map<number, number>(), errors: 0 };
      cell.all.set(bound, (cell.all.get(bound) ?? 0) + value);
      if (isError) cell.errors += value;
      cells.set(at * 1_000, cell);
    }
  }
  const points = [...cells].map(([at, { all, errors }]) => [at, { errors, ...histogramOf(all) }] as const);
  return new Map(points.filter(([, { count }]) => count > 0));
}

function histogramOf(buckets: ReadonlyMap<number, number>): { count: number; histogram: LatencyHistogram } {
  const histogram = LatencyHistogram.of(buckets);
  return { count: histogram.count, histogram };
}
