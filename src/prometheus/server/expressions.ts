import type { LatencyHistogramNames, PrometheusServerConfig } from '../../platform/config/index.js';

/** PromQL with `$window` where the length of time goes. */
export interface Expressions {
  /** Requests in the window by method, route, status_code and le. */
  readonly buckets: string;
  /** Seconds they took, by method, route and status_code. */
  readonly sum: string;
  /** When each series was scraped last, as unix time. */
  readonly samples: string;
  /** Share of the window in which each target was up. */
  readonly up: string;
}

type Configured = Pick<
  PrometheusServerConfig,
  'selector' | 'bucketsExpression' | 'sumExpression' | 'samplesExpression' | 'upExpression'
>;

/** What is configured, else what follows from how the histograms are called. */
export function expressionsOf(configured: Configured, histograms: readonly LatencyHistogramNames[]): Expressions {
  const selector = configured.selector === '' ? '' : `{${configured.selector}}`;
  const counts = histograms.map(({ metric }) => `${metric}_count${selector}`);
  return {
    buckets:
      configured.bucketsExpression ?? increase('bucket', 'method, route, status_code, le', { histograms, selector }),
    sum: configured.sumExpression ?? increase('sum', 'method, route, status_code', { histograms, selector }),
    samples: configured.samplesExpression ?? counts.map((count) => `timestamp(${count})`).join(' or '),
    up:
      configured.upExpression ??
      `avg_over_time(up${selector}[$window]) and on (job, instance) ` +
        `(${counts.map((count) => `max_over_time(${count}[$window])`).join(' or ')})`,
  };
}

/** Prometheus wants a duration; seconds do for every length. */
export function inWindow(expression: string, seconds: number): string {
  return expression.replaceAll('$window', `${seconds}s`);
}

/** Only series of one route. */
export function ofRoute(expression: string, route: string | undefined): string {
  if (route === undefined) return `(${expression})`;
  // `$` begins a reference to a group of the (empty) pattern.
  const value = JSON.stringify(route.replaceAll('$', '$$$$'));
  return `((${expression}) and on (route) label_replace(vector(1), "route", ${value}, "", ""))`;
}

/** Of each target the first histogram that it has: one that measures under two names must not count twice. */
function increase(
  part: 'bucket' | 'sum',
  labels: string,
  { histograms, selector }: { histograms: readonly LatencyHistogramNames[]; selector: string },
): string {
  const each = histograms.map((names) => renamed(`increase(${names.metric}_${part}${selector}[$window])`, names));
  return `sum by (${labels}) (${each.join(' or on (job, instance) ')})`;
}

function renamed(expression: string, { method, route, statusCode }: LatencyHistogramNames): string {
  const labels = Object.entries({ method, route, status_code: statusCode });
  return labels.reduce(
    (inner, [name, own]) => (name === own ? inner : `label_replace(${inner}, "${name}", "$1", "${own}", "(.*)")`),
    expression,
  );
}
