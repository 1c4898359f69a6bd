import type { StreamEvent } from '../rollups/reference.js';
import { nearestRank } from '../rollups/reference.js';

/** Which requests an answer is about; half-open, in epoch milliseconds. */
export interface Question {
  readonly from: number;
  readonly to: number;
  readonly method?: string;
  readonly route?: string;
}

export interface Figures {
  readonly count: number;
  readonly error_rate: number | null;
  readonly client_error_rate: number | null;
  readonly latency_ms: Readonly<Record<'avg' | 'p50' | 'p95' | 'p99' | 'max', number | null>>;
}

/** The figures of API.md, by the plainest means. Shares nothing with the code under test. */
export function figuresOf(events: readonly StreamEvent[], question: Question): Figures {
  const requests = within(events, question);
  const durations = requests.map((request) => Number(request['duration_ms']));
  const share = (of: number): number | null =>
    requests.length === 0 ? null : requests.filter((request) => classOf(request) === of).length / requests.length;
  const known = (value: number): number | null => (durations.length === 0 ? null : value);
  return {
    count: requests.length,
    error_rate: share(5),
    client_error_rate: share(4),
    latency_ms: {
      avg: known(durations.reduce((total, ms) => total + ms, 0) / durations.length),
      p50: known(nearestRank(durations, 0.5)),
      p95: known(nearestRank(durations, 0.95)),
      p99: known(nearestRank(durations, 0.99)),
      max: known(Math.max(...durations)),
    },
  };
}

/** By `METHOD route`. */
export function endpointsOf(events: readonly StreamEvent[], question: Question): Map<string, Figures> {
  const endpoints = new Map<string, Question>();
  for (const { method, route } of within(events, question) as unknown as { method: string; route: string }[]) {
    endpoints.set(`${method} ${route}`, { ...question, method, route });
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

function within(events: readonly StreamEvent[], { from, to, method, route }: Question): StreamEvent[] {
  return events.filter((event) => {
    const at = Date.parse(event.occurred_at);
    const isAsked = (method ?? event['method']) === event['method'] && (route ?? event['route']) === event['route'];
    return event.event_type === 'api_request' && at >= from && at < to && isAsked;
  });
}

function classOf(request: StreamEvent): number {
  return Math.floor(Number(request['status_code']) / 100);
}
