import { LatencyHistogram } from './latency-histogram.js';

/** Which requests: those of a service, a method and a route template that were answered with a status. */
export interface RequestKind {
  /** Absent where the target does not label it. */
  readonly service?: string;
  /** In capitals, as events keep it. */
  readonly method: string;
  readonly route: string;
  /** As the target labels it, e.g. `200`. */
  readonly statusCode: string;
}

/** Requests of one kind, in a window or since a counter began. From counters, so it may be a fraction. */
export interface RequestGroup extends RequestKind {
  readonly count: number;
  /** null: the duration of some of them is not known, because a target has no usable `_sum`. */
  readonly sumSeconds: number | null;
  readonly histogram: LatencyHistogram;
}

export type RequestGroups = ReadonlyMap<string, RequestGroup>;

/** By which labels requests are told apart. `service` is always the label of that name; it need not be there. */
export interface KindLabels {
  readonly method: string;
  readonly route: string;
  readonly statusCode: string;
}

export function kindOf(labels: Readonly<Record<string, string>>, names: KindLabels): RequestKind {
  const service = labels['service'] ?? '';
  return {
    ...(service !== '' && { service }),
    method: (labels[names.method] ?? '').toUpperCase(),
    route: labels[names.route] ?? '',
    statusCode: labels[names.statusCode] ?? '',
  };
}

export function kindKey({ service, method, route, statusCode }: RequestKind): string {
  return JSON.stringify([service ?? null, method, route, statusCode]);
}

/** Both together; `into` is of the same kind. */
export function addGroups(into: RequestGroup | undefined, other: RequestGroup): RequestGroup {
  if (!into) return other;
  return {
    ...into,
    count: into.count + other.count,
    sumSeconds: addSums(into, other),
    histogram: into.histogram.plus(other.histogram),
  };
}

/** Unknown as soon as that of any part with requests is unknown; what has no requests has no durations. */
function addSums(left: RequestGroup, right: RequestGroup): number | null {
  const [one, two] = [left, right].map(({ count, sumSeconds }) => (count === 0 ? 0 : sumSeconds)) as [
    number | null,
    number | null,
  ];
  return one === null || two === null ? null : one + two;
}

/** All of them by kind. */
export function byKind(groups: Iterable<RequestGroup>): Map<string, RequestGroup> {
  const all = new Map<string, RequestGroup>();
  for (const group of groups) all.set(kindKey(group), addGroups(all.get(kindKey(group)), group));
  return all;
}
