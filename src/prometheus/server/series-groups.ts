import { boundOf } from '../domain/exposition-parser.js';
import { LatencyHistogram } from '../domain/latency-histogram.js';
import { kindKey, type RequestGroup, type RequestKind } from '../domain/request-group.js';
import type { Series } from './prometheus-client.js';

/** Requests by kind, from series of buckets (with `le`) and of sums. Kinds without requests are left out. */
export function groupsOf(buckets: readonly Series[], sums: readonly Series[]): RequestGroup[] {
  const seconds = new Map(sums.map((series) => [kindKey(kindOf(series)), firstOf(series)]));
  const kinds = new Map<string, { kind: RequestKind; buckets: [number, number][] }>();
  for (const series of buckets) {
    const kind = kindOf(series);
    const known = kinds.get(kindKey(kind)) ?? { kind, buckets: [] };
    known.buckets.push([boundOf(series.labels['le'] ?? ''), firstOf(series)]);
    kinds.set(kindKey(kind), known);
  }
  return [...kinds].flatMap(([key, { kind, buckets: bounds }]) => {
    const histogram = LatencyHistogram.of(bounds.filter(([bound]) => !Number.isNaN(bound)));
    const group = { ...kind, count: histogram.count, sumSeconds: seconds.get(key) ?? 0, histogram };
    return group.count > 0 ? [group] : [];
  });
}

function kindOf({ labels }: Series): RequestKind {
  return { method: labels['method'] ?? '', route: labels['route'] ?? '', statusCode: labels['status_code'] ?? '' };
}

function firstOf({ values }: Series): number {
  const [value = 0] = values.values();
  return Number.isFinite(value) ? value : 0;
}
