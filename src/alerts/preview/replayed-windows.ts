import type { MetricSeries, WindowFigure } from '../../metrics/index.js';
import type { Figure } from '../domain/condition.js';
import { historyCuts, historyValues, historyWindows, type Span } from '../domain/history-windows.js';
import type { GroupObservation } from '../domain/instances.js';
import type { AlertRule } from '../domain/alert-config.js';

/** A metric's past, in buckets of one width. Milliseconds. */
export interface Past {
  readonly series: MetricSeries;
  /** Of the first bucket. */
  readonly from: number;
  readonly bucketMs: number;
}

type WindowRule = Pick<AlertRule, 'condition' | 'groupBy' | 'windowSeconds' | 'evaluationDelaySeconds'>;
type Slide = ReturnType<MetricSeries['slide']>;

const HOUR_MS = 3_600_000;

/** What a rule would have seen at each tick: the windows that a live tick reads, slid over what was read once. */
export class ReplayedWindows {
  private readonly current = new Map<string, Slide>();
  private readonly baseline = new Map<string, Slide>();
  private readonly histories = new Map<string, { hour: number; values: readonly (number | null)[] }>();

  constructor(
    private readonly rule: WindowRule,
    private readonly past: Past,
    /** By hour, for `anomaly`. */
    private readonly hours: Past | undefined,
    private readonly ofNothing: 0 | null,
  ) {
    for (const group of past.series.groups) {
      this.current.set(group, past.series.slide(group));
      this.baseline.set(group, past.series.slide(group));
    }
  }

  /** Ticks have to be asked for in their order. */
  observe(at: number): GroupObservation[] {
    const end = at - this.rule.evaluationDelaySeconds * 1_000;
    const windowMs = this.rule.windowSeconds * 1_000;
    return this.past.series.groups.flatMap((group) => {
      const current = this.figure(this.current.get(group), { from: end - windowMs, to: end });
      const before = { from: end - 2 * windowMs, to: end - windowMs };
      const baseline =
        this.rule.condition === 'rate_of_change' ? this.figure(this.baseline.get(group), before) : undefined;
      if (!current && !baseline) return [];
      const observation = {
        current: current ?? this.nothing,
        ...(this.rule.condition === 'rate_of_change' && { baseline: baseline ?? this.nothing }),
        ...(this.rule.condition === 'anomaly' && { history: this.history(group, end, windowMs) }),
      };
      return [{ group: this.rule.groupBy === null ? null : group, observation }];
    });
  }

  private get nothing(): Figure {
    return { value: this.ofNothing, samples: 0 };
  }

  private figure(slide: Slide | undefined, span: Span): Figure | undefined {
    const { from, bucketMs } = this.past;
    return toFigure(slide?.((span.from - from) / bucketMs, (span.to - from) / bucketMs));
  }

  /** What was usual at an hour changes once an hour. */
  private history(group: string, end: number, windowMs: number): readonly (number | null)[] {
    const hour = Math.round(end / HOUR_MS);
    const known = this.histories.get(group);
    if (known?.hour === hour) return known.values;
    const windows = historyWindows(end, windowMs);
    const figures = new Map<number, Figure>();
    for (const cut of historyCuts(windows)) {
      const figure = this.hourly(group, cut);
      if (figure) figures.set(cut.from, figure);
    }
    const values = historyValues(windows, figures, this.ofNothing);
    this.histories.set(group, { hour, values });
    return values;
  }

  private hourly(group: string, { from, to }: Span): Figure | undefined {
    if (!this.hours || !this.hours.series.groups.includes(group)) return undefined;
    const { series, from: first } = this.hours;
    return toFigure(series.sum(group, (from - first) / HOUR_MS, (to - first) / HOUR_MS));
  }
}

function toFigure(figure: WindowFigure | undefined): Figure | undefined {
  return figure && { value: figure.value?.toNumber() ?? null, samples: figure.facts };
}
