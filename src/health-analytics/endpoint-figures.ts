import type { WindowGroup } from '../prometheus/index.js';
import { figuresOfGroups, type RequestFigures } from './request-figures.js';

/** Figures of one method and route template. */
export interface EndpointFigures extends RequestFigures {
  readonly method: string;
  readonly route: string;
}

export interface EndpointFilters {
  readonly method?: string;
  readonly route?: string;
}

export const ENDPOINT_SORTS = ['count', 'error_rate', 'p95'] as const;
export type EndpointSort = (typeof ENDPOINT_SORTS)[number];

const SORT_VALUES: Record<EndpointSort, (figures: EndpointFigures) => number | null> = {
  count: ({ count }) => count,
  error_rate: ({ errorRate }) => errorRate,
  p95: ({ latencyMs }) => latencyMs.p95,
};

export function ofGroups(groups: readonly WindowGroup[], { method, route }: EndpointFilters): WindowGroup[] {
  return groups.filter(
    (group) => (method === undefined || group.method === method) && (route === undefined || group.route === route),
  );
}

export function byEndpoint(groups: readonly WindowGroup[]): EndpointFigures[] {
  const endpoints = new Map<string, WindowGroup[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.method, group.route]);
    endpoints.set(key, [...(endpoints.get(key) ?? []), group]);
  }
  return [...endpoints.values()].map((own) => ({
    method: own[0]?.method ?? '',
    route: own[0]?.route ?? '',
    ...figuresOfGroups(own),
  }));
}

/** Highest first, unknown last; then by count, and by name so that the order is always the same. */
export function sorted(endpoints: readonly EndpointFigures[], sort: EndpointSort): EndpointFigures[] {
  const value = SORT_VALUES[sort];
  const name = ({ route, method }: EndpointFigures): string => `${route} ${method}`;
  return [...endpoints].sort(
    (left, right) =>
      (value(right) ?? -1) - (value(left) ?? -1) ||
      right.count - left.count ||
      (name(left) < name(right) ? -1 : Number(name(left) > name(right))),
  );
}
