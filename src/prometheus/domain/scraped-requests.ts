import { boundOf, type ExpositionReader, type MetricType } from './exposition-parser.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { RequestCounters } from './request-counters.js';
import { kindKey, kindOf, type KindLabels, type RequestGroup, type RequestKind } from './request-group.js';
import type { Sample } from './sample-line.js';

/** How a latency histogram is called, and which of its labels say method, route and status. */
export interface HistogramNames extends KindLabels {
  readonly metric: string;
}

/** Kinds of request that one target may have; what is more folds into {@link OTHER_ROUTE}. Bounds the memory. */
const MAX_KINDS = 1_000;
const OTHER_ROUTE = '__other__';
/** Prometheus' own default has 11, generated ones some 30. */
const MAX_BUCKETS = 100;
const START_TIME = 'process_start_time_seconds';

/** Picks the latency histograms out of a scrape. */
export class ScrapedRequests implements ExpositionReader {
  private startedAt?: number;
  private readonly tables: readonly HistogramTable[];

  constructor(histograms: readonly HistogramNames[]) {
    this.tables = histograms.map((names) => new HistogramTable(names));
  }

  type(metric: string, _type: MetricType): void {
    for (const table of this.tables) if (table.names.metric === metric) table.isThere = true;
  }

  sample(sample: Sample): void {
    if (sample.name === START_TIME) this.startedAt = sample.value;
    for (const table of this.tables) table.add(sample);
  }

  /**
   * The counters of the first histogram the target has; undefined when it has none. A target that measures the same
   * requests under two names must not count twice.
   */
  counters(): RequestCounters | undefined {
    const table = this.tables.find(({ isThere }) => isThere);
    if (!table) return undefined;
    return { groups: table.groups(), ...(this.startedAt !== undefined && { startedAt: this.startedAt }) };
  }
}

interface Counting extends RequestKind {
  count: number;
  /** Of those series that have a usable `_sum`, which are `sums`. */
  sumSeconds: number;
  sums: number;
  /** Series that add up to this kind, by their `_count` and by their last bucket: either may be missing. */
  counts: number;
  lastBuckets: number;
  readonly buckets: Map<number, number>;
}

class HistogramTable {
  isThere = false;
  private readonly kinds = new Map<string, Counting>();
  private readonly parts: ReadonlyMap<string, 'bucket' | 'count' | 'sum'>;

  constructor(readonly names: HistogramNames) {
    const { metric } = names;
    this.parts = new Map([
      [`${metric}_bucket`, 'bucket'],
      [`${metric}_count`, 'count'],
      [`${metric}_sum`, 'sum'],
    ]);
  }

  add({ name, labels, value }: Sample): void {
    const part = this.parts.get(name);
    if (part === undefined || !(value >= 0) || value === Infinity) return;
    this.isThere = true;
    const kind = this.kindOf(labels);
    if (part === 'count') {
      kind.count += value;
      kind.counts++;
    } else if (part === 'sum') {
      kind.sumSeconds += value;
      kind.sums++;
    } else addBucket(kind, labels['le'] ?? '', value);
  }

  groups(): Map<string, RequestGroup> {
    return new Map([...this.kinds].map(([key, kind]) => [key, toGroup(kind)]));
  }

  private kindOf(labels: Sample['labels']): Counting {
    const kind = kindOf(labels, this.names);
    const known = this.kinds.get(kindKey(kind));
    if (known) return known;
    if (this.kinds.size >= MAX_KINDS && kind.route !== OTHER_ROUTE) return this.other(kind);
    return this.begin(kind);
  }

  private other(kind: RequestKind): Counting {
    const folded = { ...kind, route: OTHER_ROUTE };
    return this.kinds.get(kindKey(folded)) ?? this.begin(folded);
  }

  private begin(kind: RequestKind): Counting {
    const begun: Counting = {
      ...kind,
      count: 0,
      sumSeconds: 0,
      sums: 0,
      counts: 0,
      lastBuckets: 0,
      buckets: new Map(),
    };
    this.kinds.set(kindKey(kind), begun);
    return begun;
  }
}

function addBucket(kind: Counting, le: string, value: number): void {
  const { buckets } = kind;
  const bound = boundOf(le);
  if (Number.isNaN(bound) || (buckets.size >= MAX_BUCKETS && !buckets.has(bound) && bound !== Infinity)) return;
  if (bound === Infinity) kind.lastBuckets++;
  buckets.set(bound, (buckets.get(bound) ?? 0) + value);
}

/** Durations are known only when every series of the kind has a usable `_sum`. */
function toGroup({ buckets, sums, counts, lastBuckets, ...kind }: Counting): RequestGroup {
  const histogram = LatencyHistogram.of(buckets, kind.count);
  const sumSeconds = sums > 0 && sums >= Math.max(counts, lastBuckets) ? kind.sumSeconds : null;
  return { ...kind, sumSeconds, count: Math.max(kind.count, histogram.count), histogram };
}
