import { boundOf } from '../domain/exposition-parser.js';
import { LatencyHistogram } from '../domain/latency-histogram.js';
import { kindKey, kindOf, type KindLabels, type RequestGroup, type RequestKind } from '../domain/request-group.js';
import type { Series } from './prometheus-client.js';

/** As the expressions name them. */
const LABELS: KindLabels = { method: 'method', route: 'route', statusCode: 'status_code' };

/**
 * Requests by kind, from series of buckets (with `le`) and of sums. Kinds without requests are left out; a kind of which
 * a sum is missing or no number has none.
 */
export function groupsOf(buckets: readonly Series[], sums: readonly Series[]): RequestGroup[] {
  const seconds = new Map<string, number>();
  for (const series of sums) {
    const key = kindKey(kindOf(series.labels, LABELS));
    seconds.set(key, (seconds.get(key) ?? 0) + valueOf(series));
  }
  const kinds = new Map<string, { kind: RequestKind; buckets: Map<number, number> }>();
  for (const series of buckets) {
    const kind = kindOf(series.labels, LABELS);
    const bound = boundOf(series.labels['le'] ?? '');
    const known = kinds.get(kindKey(kind)) ?? { kind, buckets: new Map<number, number>() };
    const value = valueOf(series);
    if (!Number.isNaN(bound)) known.buckets.set(bound, (known.buckets.get(bound) ?? 0) + (value || 0));
    kinds.set(kindKey(kind), known);
  }
  return [...kinds].flatMap(([key, { kind, buckets: bounds }]) => {
    const histogram = LatencyHistogram.of(bounds);
    const sum = seconds.get(key) ?? Number.NaN;
    const group = { ...kind, count: histogram.count, sumSeconds: sum >= 0 ? sum : null, histogram };
    return group.count > 0 ? [group] : [];
  });
}

/** NaN where it is no finite number. */
function valueOf({ values }: Series): number {
  const [value = Number.NaN] = values.values();
  return Number.isFinite(value) ? value : Number.NaN;
}
