import type { LatencyHistogramNames, PrometheusServerConfig } from '../../platform/config/index.js';

/** PromQL with `$window` where the length of time goes. */
export interface Expressions {
  /** Requests in the window by method, route, status_code and le; by service where the series have that label. */
  readonly buckets: string;
  /** Seconds they took, by the same without le; NaN where the sum of some of them is not known. */
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
      configured.bucketsExpression ??
      total('service, method, route, status_code, le', histograms, (metric) => increase(`${metric}_bucket${selector}`)),
    sum:
      configured.sumExpression ??
      total('service, method, route, status_code', histograms, (metric) => sumOf(metric, selector)),
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
function total(
  labels: string,
  histograms: readonly LatencyHistogramNames[],
  ofMetric: (metric: string) => string,
): string {
  const each = histograms.map((names) => renamed(ofMetric(names.metric), names));
  return `sum by (${labels}) (${each.join(' or on (job, instance) ')})`;
}

/** Series without requests in the window do not matter; series with requests and without a sum make it NaN. */
function sumOf(metric: string, selector: string): string {
  const [sum, count] = [increase(`${metric}_sum${selector}`), increase(`${metric}_count${selector}`)];
  return `(${sum} unless ${count} == 0 or (${count} > 0) * NaN)`;
}

function increase(series: string): string {
  return `increase(${series}[$window])`;
}

function renamed(expression: string, { method, route, statusCode }: LatencyHistogramNames): string {
  const labels = Object.entries({ method, route, status_code: statusCode });
  return labels.reduce(
    (inner, [name, own]) => (name === own ? inner : `label_replace(${inner}, "${name}", "$1", "${own}", "(.*)")`),
    expression,
  );
}
