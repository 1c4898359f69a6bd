import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Catalogue, MetricReader, RetentionPolicy } from '../../metrics/index.js';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { AlertRule } from '../domain/alert-config.js';
import { HISTORY_DAYS } from '../domain/history-windows.js';
import { measuredOf, type GroupObservation } from '../domain/instances.js';
import { Replay, type Firing } from '../domain/replay.js';
import { everBefore, knownSince } from '../evaluation/known-groups.service.js';
import { lastSeen } from '../evaluation/last-seen.js';
import { filtersOf } from '../evaluation/window-plan.js';
import { previewFrame, rawFrom, type PreviewFrame } from './preview-frame.js';
import { groupsIn, NO_EARLIER_GROUPS, ReplayedWindows, type EarlierGroups, type Past } from './replayed-windows.js';
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
    const earlier =
      rule.groupBy === null ? NO_EARLIER_GROUPS : await this.earlierGroups(rule, rule.groupBy, past, frame);
    const groups = groupsIn(past, earlier).length;
    if (groups * frame.ticks > MAX_EVALUATIONS) {
      throw new InvalidInputError([
        { path: 'from', message: `${groups} groups are too many for this range; shorten it` },
      ]);
    }
    const hours = rule.condition === 'anomaly' ? await this.hours(rule, frame) : undefined;
    const { ofNothing } = this.catalogue.describe(this.catalogue.metric(rule.metric));
    return new ReplayedWindows(
      rule,
      past,
      hours,
      ofNothing === 'zero' ? 0 : null,
      earlier,
      this.config.business.storeTimeZone,
    );
  }

  /** Groups that a live tick at the beginning would know although the past that was read has nothing of them yet. */
  private async earlierGroups(
    rule: AlertRule,
    groupBy: string,
    past: Past,
    { firstTick, bucketMs }: PreviewFrame,
  ): Promise<EarlierGroups> {
    const from = knownSince(firstTick - rule.evaluationDelaySeconds * 1_000);
    const read = { metric: rule.metric, filters: this.filters(rule), groupBy: [groupBy] };
    const firstInPast = new Map(
      past.series.groups.map((group) => [group, past.from + (past.series.bucketsOf(group)[0] ?? 0) * bucketMs]),
    );
    // To the minute only where the group is forgotten before it is seen again; far back there are hours only.
    const isForgotten = (seen: { group: Readonly<Record<string, string>>; at: number }): boolean =>
      bucketMs < HOUR_MS && (firstInPast.get(seen.group[groupBy] ?? '') ?? Infinity) >= seen.at + DAY_MS;
    const found = from < past.from ? await lastSeen(this.reader, { ...read, from, to: past.from }, isForgotten) : [];
    const lastByGroup = new Map(found.map(({ group, at }) => [group[groupBy] ?? '', at]));
    const any = lastByGroup.size > 0 || (rule.noData === 'alert' && (await this.wasAnySeen(read, past.from)));
    return { lastSeen: lastByGroup, any };
  }

  private async wasAnySeen(read: Omit<Parameters<MetricReader['seen']>[0], 'range'>, before: number): Promise<boolean> {
    return (await this.reader.seen({ ...read, range: everBefore(before) })).length > 0;
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
    const { series } = await this.reader.series({
      metric: rule.metric,
      from: new Date(from),
      buckets: Math.max(1, Math.ceil((to - from) / bucketMs)),
      bucketMs,
      filters: this.filters(rule),
      groupBy: rule.groupBy,
    });
    return { series, from, bucketMs };
  }

  private filters(rule: AlertRule): Record<string, string[]> {
    const filters = filtersOf(this.catalogue, rule, this.config.business.baseCurrency);
    return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value]]));
  }
}

function valuesOf(rule: AlertRule, observed: readonly GroupObservation[]): [string | null, number | null][] {
  return observed.map((one) => [one.group, measuredOf(rule, one)]);
}
