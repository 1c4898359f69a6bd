import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Catalogue, MetricReader, RetentionPolicy } from '../../metrics/index.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { AlertRule } from '../domain/alert-config.js';
import { measure } from '../domain/condition.js';
import { HISTORY_DAYS } from '../domain/history-windows.js';
import type { GroupObservation } from '../domain/instances.js';
import { Replay, type Firing } from '../domain/replay.js';
import { filtersOf } from '../evaluation/window-plan.js';
import { previewFrame, rawFrom, type PreviewFrame } from './preview-frame.js';
import { ReplayedWindows, type Past } from './replayed-windows.js';
import { SeriesRecorder, type PreviewSeries } from './series-recorder.js';

export interface Preview {
  readonly firings: readonly Firing[];
  readonly series: readonly PreviewSeries[];
  /** Between two ticks: the live interval, or coarser where that is too fine for the range. */
  readonly stepSeconds: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ticks × groups: about ten seconds of computing. */
const MAX_EVALUATIONS = 3_000_000;
/** Other requests are served in between. */
const TICKS_A_TURN = 200;

/** What a rule would have done: its past is read once, and goes through the state machine that evaluates it live. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly reader: MetricReader,
    private readonly catalogue: Catalogue,
    private readonly retention: RetentionPolicy,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** @throws InvalidInputError naming from, to or window_seconds */
  async preview(rule: AlertRule, range: { readonly from: Date; readonly to: Date }): Promise<Preview> {
    const now = this.clock.now();
    const asked = { from: range.from.getTime(), to: range.to.getTime() };
    const intervalMs = this.config.alerts.evaluationIntervalSeconds * 1_000;
    const limits = { now: now.getTime(), intervalMs, rawFrom: rawFrom(this.retention, now) };
    const frame = previewFrame(rule, asked, limits);
    const windows = await this.windows(rule, frame);
    const replay = new Replay(rule);
    const recorder = new SeriesRecorder(rule);
    for (let tick = 0; tick < frame.ticks; tick++) {
      const at = frame.firstTick + tick * frame.stepMs;
      const observed = windows.observe(at);
      replay.tick(at, observed);
      recorder.record(at, valuesOf(rule, observed));
      if (tick % TICKS_A_TURN === 0) await nextTurn();
    }
    return { firings: replay.firings, series: recorder.series(replay.firings), stepSeconds: frame.stepMs / 1_000 };
  }

  private async windows(rule: AlertRule, frame: PreviewFrame): Promise<ReplayedWindows> {
    const past = await this.past(rule, frame);
    if (past.series.groups.length * frame.ticks > MAX_EVALUATIONS) {
      throw new InvalidInputError([
        { path: 'from', message: `${past.series.groups.length} groups are too many for this range; shorten it` },
      ]);
    }
    const hours = rule.condition === 'anomaly' ? await this.hours(rule, frame) : undefined;
    const { ofNothing } = this.catalogue.describe(this.catalogue.metric(rule.metric));
    return new ReplayedWindows(rule, past, hours, ofNothing === 'zero' ? 0 : null);
  }

  /** From the first window that any tick looks at to the last tick. */
  private past(rule: AlertRule, { firstTick, ticks, stepMs, bucketMs }: PreviewFrame): Promise<Past> {
    const from = firstTick - (2 * rule.windowSeconds + rule.evaluationDelaySeconds) * 1_000;
    return this.read(rule, { from, to: firstTick + Math.max(0, ticks - 1) * stepMs, bucketMs });
  }

  private hours(rule: AlertRule, { firstTick, ticks, stepMs }: PreviewFrame): Promise<Past> {
    const reachMs = (HISTORY_DAYS + 1) * DAY_MS + (rule.windowSeconds + rule.evaluationDelaySeconds) * 1_000;
    const from = Math.floor((firstTick - reachMs) / HOUR_MS) * HOUR_MS;
    const to = Math.floor((firstTick + ticks * stepMs - DAY_MS) / HOUR_MS + 1) * HOUR_MS;
    return this.read(rule, { from, to, bucketMs: HOUR_MS });
  }

  private async read(rule: AlertRule, span: { from: number; to: number; bucketMs: number }): Promise<Past> {
    const { from, to, bucketMs } = span;
    const filters = filtersOf(this.catalogue, rule, this.config.business.baseCurrency);
    const { series } = await this.reader.series({
      metric: rule.metric,
      from: new Date(from),
      buckets: Math.max(1, Math.ceil((to - from) / bucketMs)),
      bucketMs,
      filters: Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value]])),
      groupBy: rule.groupBy,
    });
    return { series, from, bucketMs };
  }
}

function valuesOf(rule: AlertRule, observed: readonly GroupObservation[]): [string | null, number | null][] {
  return observed.map(({ group, observation }) => [group, measure(rule, observation)]);
}
