import type { WindowGroup } from '../prometheus/index.js';
import { figuresOfGroups, type RequestFigures } from './request-figures.js';

/** Figures of one service, method and route template. */
export interface EndpointFigures extends RequestFigures {
  /** Absent where the requests name none. */
  readonly service?: string;
  readonly method: string;
  readonly route: string;
}

export interface EndpointFilters {
  readonly service?: string;
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

export function ofGroups(groups: readonly WindowGroup[], filters: EndpointFilters): WindowGroup[] {
  const isAsked = (value: string | undefined, filter: string | undefined): boolean =>
    filter === undefined || value === filter;
  return groups.filter(
    ({ service, method, route }) =>
      isAsked(service, filters.service) && isAsked(method, filters.method) && isAsked(route, filters.route),
  );
}

export function byEndpoint(groups: readonly WindowGroup[]): EndpointFigures[] {
  const endpoints = new Map<string, WindowGroup[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.service ?? null, group.method, group.route]);
    endpoints.set(key, [...(endpoints.get(key) ?? []), group]);
  }
  return [...endpoints.values()].map((ofEndpoint) => {
    const [first] = ofEndpoint;
    return {
      ...(first?.service !== undefined && { service: first.service }),
      method: first?.method ?? '',
      route: first?.route ?? '',
      ...figuresOfGroups(ofEndpoint),
    };
  });
}

/** Highest first, unknown last; then by count, and by name so that the order is always the same. */
export function sorted(endpoints: readonly EndpointFigures[], sort: EndpointSort): EndpointFigures[] {
  const value = SORT_VALUES[sort];
  const name = ({ service = '', route, method }: EndpointFigures): string => `${route} ${method} ${service}`;
  return [...endpoints].sort(
    (left, right) =>
      (value(right) ?? -1) - (value(left) ?? -1) ||
      right.count - left.count ||
      (name(left) < name(right) ? -1 : Number(name(left) > name(right))),
  );
}
