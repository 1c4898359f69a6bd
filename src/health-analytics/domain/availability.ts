/** What is known of a stretch of time. */
export interface ObservedStretch {
  readonly seconds: number;
  readonly requests: number;
  /** 0..1; null without requests. */
  readonly errorRate: number | null;
}

export interface Availability {
  /** 0..1; null when nothing was observed. */
  readonly availability: number | null;
  /** Share of the time that was observed: 0..1. */
  readonly coverage: number;
}

/**
 * Over stretches with requests: the time-weighted mean of the share of requests that were not answered 5xx. A stretch
 * without requests was not observed: nobody knows whether it would have answered.
 */
export function availabilityOf(stretches: readonly ObservedStretch[]): Availability {
  const observed = stretches.filter(({ requests }) => requests > 0);
  const seconds = sum(stretches.map((stretch) => stretch.seconds));
  const observedSeconds = sum(observed.map((stretch) => stretch.seconds));
  const available = sum(observed.map((stretch) => stretch.seconds * (1 - (stretch.errorRate ?? 0))));
  return {
    availability: observedSeconds === 0 ? null : available / observedSeconds,
    coverage: seconds === 0 ? 0 : observedSeconds / seconds,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
