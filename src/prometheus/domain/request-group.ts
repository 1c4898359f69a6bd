import { LatencyHistogram } from './latency-histogram.js';

/** Which requests: those of a method and a route template that were answered with a status. */
export interface RequestKind {
  readonly method: string;
  readonly route: string;
  /** As the target labels it, e.g. `200`. */
  readonly statusCode: string;
}

/** Requests of one kind, in a window or since a counter began. From counters, so it may be a fraction. */
export interface RequestGroup extends RequestKind {
  readonly count: number;
  readonly sumSeconds: number;
  readonly histogram: LatencyHistogram;
}

export type RequestGroups = ReadonlyMap<string, RequestGroup>;

export function kindKey({ method, route, statusCode }: RequestKind): string {
  return JSON.stringify([method, route, statusCode]);
}

/** Both together; `into` is of the same kind. */
export function addGroups(into: RequestGroup | undefined, other: RequestGroup): RequestGroup {
  if (!into) return other;
  return {
    ...into,
    count: into.count + other.count,
    sumSeconds: into.sumSeconds + other.sumSeconds,
    histogram: into.histogram.plus(other.histogram),
  };
}

/** All of them by kind. */
export function byKind(groups: Iterable<RequestGroup>): Map<string, RequestGroup> {
  const all = new Map<string, RequestGroup>();
  for (const group of groups) all.set(kindKey(group), addGroups(all.get(kindKey(group)), group));
  return all;
}
