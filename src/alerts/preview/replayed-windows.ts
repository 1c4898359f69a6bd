import type { MetricSeries, WindowFigure } from '../../metrics/index.js';
import type { Figure } from '../domain/condition.js';
import { historyWindows, usualValues, type Span } from '../domain/history-windows.js';
import { NO_GROUP, type GroupObservation } from '../domain/instances.js';
import type { AlertRule } from '../domain/alert-config.js';
import { knownSince } from '../evaluation/known-groups.service.js';
import { floorTo, MINUTE_MS } from '../evaluation/last-seen.js';
import { NEVER_SEEN } from '../evaluation/observe.js';

/** A metric's past, in buckets of one width. Milliseconds. */
export interface Past {
  readonly series: MetricSeries;
  /** Of the first bucket. */
  readonly from: number;
  readonly bucketMs: number;
}

/** Groups from before the past that was read. */
export interface EarlierGroups {
  /** Of the 24 hours before it: group → the minute in which it was seen last. '' is none. */
  readonly lastSeen: ReadonlyMap<string, number>;
  /** Whether there was any, however long ago. */
  readonly any: boolean;
}

export const NO_EARLIER_GROUPS: EarlierGroups = { lastSeen: new Map(), any: false };

type WindowRule = Pick<AlertRule, 'condition' | 'groupBy' | 'windowSeconds' | 'evaluationDelaySeconds' | 'noData'>;
type Slide = ReturnType<MetricSeries['slide']>;

const HOUR_MS = 3_600_000;

/** What a rule would have seen at each tick: the windows that a live tick reads, slid over what was read once. */
export class ReplayedWindows {
  private readonly current = new Map<string, Slide>();
  private readonly baseline = new Map<string, Slide>();
  private readonly presences = new Map<string, Presence>();
  private readonly histories = new Map<string, { hour: number; values: readonly number[] }>();
  /** By group the hours in which there are facts, ascending. */
  private readonly hoursWithFacts = new Map<string, readonly number[]>();

  constructor(
    private readonly rule: WindowRule,
    private readonly past: Past,
    /** By hour, for `anomaly`. */
    private readonly hours: Past | undefined,
    private readonly ofNothing: 0 | null,
    private readonly earlier: EarlierGroups,
    /** In which the hours of `anomaly` are counted. */
    private readonly zone: string,
  ) {
    for (const group of past.series.groups) {
      this.current.set(group, past.series.slide(group));
      this.baseline.set(group, past.series.slide(group));
    }
    for (const group of groupsIn(past, earlier)) {
      this.presences.set(group, new Presence(past, group, earlier.lastSeen.get(group)));
    }
  }

  /** Ticks have to be asked for in their order. */
  observe(at: number): GroupObservation[] {
    const end = at - this.rule.evaluationDelaySeconds * 1_000;
    const windowMs = this.rule.windowSeconds * 1_000;
    const observed = [...this.presences].flatMap(([group, presence]): GroupObservation[] => {
      const current = this.figure(this.current.get(group), { from: end - windowMs, to: end });
      const before = { from: end - 2 * windowMs, to: end - windowMs };
      const baseline =
        this.rule.condition === 'rate_of_change' ? this.figure(this.baseline.get(group), before) : undefined;
      if (!current && !baseline && !presence.isKnownAt(end)) return [];
      const observation = {
        current: current ?? this.nothing,
        ...(this.rule.condition === 'rate_of_change' && { baseline: baseline ?? this.nothing }),
        ...(this.rule.condition === 'anomaly' && { history: this.history(group, end, windowMs) }),
      };
      if (this.rule.groupBy === null) return [{ group: null, observation }];
      return [{ group: group || NO_GROUP, observation, isSilent: !current }];
    });
    const isFirst = observed.length === 0 && this.rule.noData === 'alert' && !this.wasAnySeenBefore(end);
    return isFirst ? [NEVER_SEEN] : observed;
  }

  private wasAnySeenBefore(end: number): boolean {
    return this.earlier.any || [...this.presences.values()].some((presence) => presence.wasSeenBefore(end));
  }

  private get nothing(): Figure {
    return { value: this.ofNothing, samples: 0 };
  }

  private figure(slide: Slide | undefined, span: Span): Figure | undefined {
    const { from, bucketMs } = this.past;
    return toFigure(slide?.((span.from - from) / bucketMs, (span.to - from) / bucketMs));
  }

  /** What was usual at an hour changes once an hour. */
  private history(group: string, end: number, windowMs: number): readonly number[] {
    const hour = Math.round(end / HOUR_MS);
    const known = this.histories.get(group);
    if (known?.hour === hour) return known.values;
    const windows = historyWindows(end, windowMs, this.zone);
    const figures = new Map<number, Figure>();
    for (const window of windows) {
      const figure = this.hourly(group, window);
      if (figure) figures.set(window.from, figure);
    }
    const start = windows[0]?.from ?? 0;
    const first = this.factsOf(group).find((at) => at >= start) ?? Infinity;
    const values = usualValues(windows, figures, { first, ofNothing: this.ofNothing });
    this.histories.set(group, { hour, values });
    return values;
  }

  private factsOf(group: string): readonly number[] {
    const known = this.hoursWithFacts.get(group);
    if (known) return known;
    const { hours } = this;
    const buckets = hours?.series.groups.includes(group) ? hours.series.bucketsOf(group) : [];
    const withFacts = buckets.filter((bucket) => (hours?.series.sum(group, bucket, bucket + 1)?.facts ?? 0) > 0);
    const times = withFacts.map((bucket) => (hours?.from ?? 0) + bucket * HOUR_MS);
    this.hoursWithFacts.set(group, times);
    return times;
  }

  private hourly(group: string, { from, to }: Span): Figure | undefined {
    if (!this.hours || !this.hours.series.groups.includes(group)) return undefined;
    const { series, from: first } = this.hours;
    return toFigure(series.sum(group, (from - first) / HOUR_MS, (to - first) / HOUR_MS));
  }
}

/** When a group had data, looked up by ticks in their order. */
class Presence {
  private readonly times: readonly number[];
  private next = 0;

  constructor({ series, from, bucketMs }: Past, group: string, lastBefore: number | undefined) {
    const inside = series.groups.includes(group)
      ? series.bucketsOf(group).map((bucket) => from + bucket * bucketMs)
      : [];
    this.times = lastBefore === undefined ? inside : [lastBefore, ...inside];
  }

  /** In the 24 hours before. */
  isKnownAt(end: number): boolean {
    if (!this.wasSeenBefore(end)) return false;
    return floorTo(this.times[this.next - 1] ?? -Infinity, MINUTE_MS) >= knownSince(end);
  }

  wasSeenBefore(end: number): boolean {
    while ((this.times[this.next] ?? Infinity) < end) this.next += 1;
    return this.next > 0;
  }
}

/** Without groups the one whole, ''. */
export function groupsIn({ series }: Past, { lastSeen }: EarlierGroups): string[] {
  return [...new Set([...series.groups, ...lastSeen.keys()])];
}

function toFigure(figure: WindowFigure | undefined): Figure | undefined {
  return figure && { value: figure.value?.toNumber() ?? null, samples: figure.facts };
}
