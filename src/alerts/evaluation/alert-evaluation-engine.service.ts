import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { within } from '../../platform/deadline/index.js';
import { EngineMetrics } from './engine.metrics.js';
import { KnownGroups, type SeenOutcome } from './known-groups.service.js';
import { isPartial, NEVER_SEEN, observe } from './observe.js';
import { RuleSet } from './rule-set.service.js';
import { TickWriter, type Evaluation, type TickEffect } from './tick-writer.service.js';
import type { GroupObservation } from '../domain/instances.js';
import { earlierPlan, type RulePlan, type WindowPlan } from './window-plan.js';
import { WindowReader, type ReadOutcome } from './window-reader.service.js';

/** What a tick did. */
export interface TickOutcome {
  readonly rules: number;
  /** Metric reads, however many rules shared them. */
  readonly reads: number;
  /** Reads that failed or took too long. */
  readonly failures: number;
  readonly transitions: number;
  /** False: this tick, or a later one, took effect before. */
  readonly effective: boolean;
}

interface Evaluated {
  readonly plan: WindowPlan;
  readonly read: ReadOutcome;
  readonly effect: TickEffect | undefined;
  readonly at: Date;
}

interface TickReads {
  readonly read: ReadOutcome;
  readonly seen: SeenOutcome;
}

/** Of the time between two ticks, what one read may take; and never more than this. */
const READ_SHARE = 0.9;
const MAX_READ_MS = 8_000;

/**
 * Evaluates all enabled rules at a tick: reads each metric once, judges, and writes what changed in one transaction. Any
 * number of processes may evaluate the same tick; it takes effect once.
 */
@Injectable()
export class AlertEvaluationEngine {
  private readonly intervalMs: number;
  private readonly zone: string;

  constructor(
    private readonly rules: RuleSet,
    private readonly reader: WindowReader,
    private readonly groups: KnownGroups,
    private readonly ticks: TickWriter,
    private readonly metrics: EngineMetrics,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.intervalMs = config.alerts.evaluationIntervalSeconds * 1_000;
    this.zone = config.business.storeTimeZone;
  }

  /** @throws DependencyUnavailableError while the database is not there */
  async evaluate(at: Date): Promise<TickOutcome> {
    const started = this.clock.now().getTime();
    const plan = await this.rules.current();
    const totalMs = this.intervalMs * READ_SHARE;
    const deadlineMs = Math.min(MAX_READ_MS, totalMs);
    const endsAt = performance.now() + deadlineMs;
    const [read, seen] = await Promise.all([
      this.reader.readAll(plan.reads, { at: at.getTime(), deadlineMs, intervalMs: this.intervalMs, totalMs }),
      this.groups.readAll(plan.seenReads, { at: at.getTime(), deadlineMs }),
    ]);
    const evaluations = await this.evaluationsOf(plan, { read, seen }, { at: at.getTime(), endsAt });
    const effect = await this.ticks.apply(at, evaluations, {
      now: this.clock.now(),
      currentTime: () => this.clock.now(),
      intervalMs: this.intervalMs,
    });
    const states = (effect?.changes ?? []).flatMap(({ transition }) => transition?.state ?? []);
    const seconds = (this.clock.now().getTime() - started) / 1_000;
    this.metrics.evaluated({ rules: evaluations.length, reads: plan.reads.length, seconds });
    states.forEach((state) => this.metrics.went(state));
    this.count({ plan, read, effect, at });
    return {
      rules: evaluations.length,
      reads: plan.reads.length,
      failures: read.failures.size,
      transitions: states.length,
      effective: effect !== undefined,
    };
  }

  private async evaluationsOf(
    plan: WindowPlan,
    { read, seen }: TickReads,
    { at, endsAt }: { readonly at: number; readonly endsAt: number },
  ): Promise<Evaluation[]> {
    const evaluations: Evaluation[] = [];
    for (const rule of plan.rules) {
      const observed = observe(rule, read.answers, seen.seen, { at, zone: this.zone });
      // Without them the groups in the windows are evaluated, and of the others nothing is decided.
      const failure = rule.seen === undefined ? undefined : seen.failures.get(rule.seen);
      const partial = isPartial(rule, read.answers) || failure !== undefined;
      if (!observed) evaluations.push({ config: rule.config, observed, failure: failureOf(rule, read) });
      else if (failure === undefined && partial && this.existedBefore(rule, at))
        evaluations.push(await this.withEarlier(rule, observed, { read, seen }, { at, endsAt }));
      else if (observed.length > 0 || partial || rule.config.noData !== 'alert')
        evaluations.push({ config: rule.config, observed, partial, ...(failure !== undefined && { failure }) });
      else evaluations.push(await this.withoutGroups(rule, at, endsAt));
    }
    const unknown = plan.unknown.map((config) => ({
      config,
      observed: null,
      failure: `There is no metric ${config.metric} with these filters and groups.`,
    }));
    return [...evaluations, ...unknown];
  }

  /** Whether the rule was evaluated as it is at the tick before: of one that is new no earlier window is looked at. */
  private existedBefore({ config }: RulePlan, at: number): boolean {
    return config.updatedAt.getTime() <= at - this.intervalMs;
  }

  /** What events that are missing would decide is decided by the window that ended a tick before. */
  private async withEarlier(
    rule: RulePlan,
    observed: readonly GroupObservation[],
    { read, seen }: TickReads,
    { at, endsAt }: { readonly at: number; readonly endsAt: number },
  ): Promise<Evaluation> {
    const { config } = rule;
    const before = earlierPlan(rule);
    const found = observe(before, read.answers, seen.seen, { at, zone: this.zone });
    if (!found) return { config, observed, partial: true };
    const isEmpty = found.length === 0 && observed.length === 0 && config.noData === 'alert';
    const earlier = isEmpty ? (await this.withoutGroups(rule, at, endsAt)).observed : found;
    if (!earlier) return { config, observed, partial: true };
    return {
      config,
      observed,
      partial: true,
      earlier: { observed: earlier, partial: isPartial(before, read.answers) },
    };
  }

  /** A rule that should tell of missing data, and has never had a group, fires as a whole. */
  private async withoutGroups(rule: RulePlan, at: number, endsAt: number): Promise<Evaluation> {
    const { config } = rule;
    try {
      const leftMs = Math.max(1, endsAt - performance.now());
      const everSeen = await within(leftMs, `Looking for groups of ${config.metric}`, this.groups.everSeen(rule, at));
      return { config, observed: everSeen ? [] : [NEVER_SEEN] };
    } catch (error) {
      return { config, observed: null, failure: error instanceof Error ? error.message : String(error) };
    }
  }

  private count({ plan, read, effect, at }: Evaluated): void {
    this.metrics.failed('metric_read', read.failures.size);
    this.metrics.failed('unknown_metric', plan.unknown.length);
    this.metrics.failed('write', effect?.failed.length ?? 0);
    if (effect?.before) this.metrics.skipped(this.ticksBetween(effect.before, at));
  }

  private ticksBetween(before: Date, at: Date): number {
    return Math.max(0, Math.round((at.getTime() - before.getTime()) / this.intervalMs) - 1);
  }
}

function failureOf({ current, baseline, history }: RulePlan, { failures }: ReadOutcome): string {
  const found = [current, baseline, history].flatMap((key) => (key === undefined ? [] : (failures.get(key) ?? [])));
  return found[0] ?? 'The metric could not be read.';
}
