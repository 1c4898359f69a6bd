import type { StreamEvent } from '../rollups/reference.js';
import { nearestRank } from '../rollups/reference.js';

/** Which requests an answer is about; half-open, in epoch milliseconds. */
export interface Question {
  readonly from: number;
  readonly to: number;
  /** '': those that name none. */
  readonly service?: string;
  readonly method?: string;
  readonly route?: string;
}

export interface Figures {
  readonly count: number;
  readonly error_rate: number | null;
  readonly client_error_rate: number | null;
  readonly throttled_rate: number | null;
  readonly latency_ms: Readonly<Record<'avg' | 'p50' | 'p95' | 'p99' | 'max', number | null>>;
}

/** The figures of API.md, by the plainest means. Shares nothing with the code under test. */
export function figuresOf(events: readonly StreamEvent[], question: Question): Figures {
  const requests = within(events, question);
  const durations = requests.map((request) => Number(request['duration_ms']));
  const share = (isCounted: (status: number) => boolean): number | null =>
    requests.length === 0
      ? null
      : requests.filter((request) => isCounted(Number(request['status_code']))).length / requests.length;
  const known = (value: number): number | null => (durations.length === 0 ? null : value);
  return {
    count: requests.length,
    error_rate: share((status) => status >= 500),
    client_error_rate: share((status) => status >= 400 && status < 500 && status !== 429),
    throttled_rate: share((status) => status === 429),
    latency_ms: {
      avg: known(durations.reduce((total, ms) => total + ms, 0) / durations.length),
      p50: known(nearestRank(durations, 0.5)),
      p95: known(nearestRank(durations, 0.95)),
      p99: known(nearestRank(durations, 0.99)),
      max: known(Math.max(...durations)),
    },
  };
}

/** By `service METHOD route`; the service is '' where none is named. */
export function endpointsOf(events: readonly StreamEvent[], question: Question): Map<string, Figures> {
  const endpoints = new Map<string, Question>();
  const requests = within(events, question) as unknown as { service?: string; method: string; route: string }[];
  for (const { service = '', method, route } of requests) {
    endpoints.set(`${service} ${method} ${route}`, { ...question, service, method, route });
  }
  return new Map([...endpoints].map(([name, narrower]) => [name, figuresOf(events, narrower)]));
}

/** Of the slices of the range that had requests, each as long as the others: the mean of 1 − error rate, and their share. */
export function availabilityOf(
  events: readonly StreamEvent[],
  { from, to }: Question,
  sliceMs: number,
): { availability: number | null; coverage: number } {
  let covered = 0;
  let available = 0;
  for (let start = Math.floor(from / sliceMs) * sliceMs; start < to; start += sliceMs) {
    const slice = { from: Math.max(from, start), to: Math.min(to, start + sliceMs) };
    const { error_rate: errorRate } = figuresOf(events, slice);
    if (errorRate === null) continue;
    covered += slice.to - slice.from;
    available += (slice.to - slice.from) * (1 - errorRate);
  }
  return { availability: covered === 0 ? null : available / covered, coverage: covered / (to - from) };
}

function within(events: readonly StreamEvent[], { from, to, ...filters }: Question): StreamEvent[] {
  return events.filter((event) => {
    const at = Date.parse(event.occurred_at);
    const isAsked = (['service', 'method', 'route'] as const).every(
      (name) => filters[name] === undefined || filters[name] === (event[name] ?? ''),
    );
    return event.event_type === 'api_request' && at >= from && at < to && isAsked;
  });
}
