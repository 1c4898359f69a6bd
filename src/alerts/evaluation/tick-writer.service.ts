import { Injectable } from '@nestjs/common';
import { DependencyUnavailableError } from '../../platform/errors/index.js';
import { Logger } from '../../platform/logging/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import { incidentsOf } from '../domain/evaluation-report.js';
import { outcomesOf, withEarlier, type GroupObservation, type KnownInstance } from '../domain/instances.js';
import { isSilenced, type Silence } from '../domain/silence.js';
import type { InstanceChange } from '../episodes/instance-change.js';
import { SilencedResolutions } from '../episodes/silenced-resolutions.js';
import { TransitionWriter } from '../episodes/transition-writer.js';
import { AlertDatabase, type Transaction } from '../store/alert-database.js';
import { AlertStores } from '../store/alert-stores.js';
import { SilenceRepository } from '../store/silence.repository.js';
import type { StoredInstance } from '../store/instance-state.repository.js';
import { decide } from './decide.js';
import { warningsOf } from './evaluation-warnings.js';
import { FutureTicks } from './future-ticks.js';

/** A rule and what it saw; null: it could not be read, and why. */
export interface Evaluation {
  readonly config: AlertConfig;
  readonly observed: readonly GroupObservation[] | null;
  readonly failure?: string;
  /** True: events are missing in what it saw, which are still being rolled up. */
  readonly partial?: boolean;
  /** What it saw in the window that ended a tick before, when events are missing. */
  readonly earlier?: { readonly observed: readonly GroupObservation[]; readonly partial: boolean };
}

/** When a tick is written, and how far ticks are apart. */
export interface TickTime {
  readonly now: Date;
  readonly intervalMs: number;
  /** What is written may have waited for the database: how late a tick takes effect is measured then. */
  readonly currentTime: () => Date;
}

interface Tick extends TickTime {
  readonly at: Date;
  readonly silences: readonly Silence[];
}

export interface TickEffect {
  /** The tick before that took effect; undefined for the first one there is. */
  readonly before: Date | undefined;
  readonly changes: readonly InstanceChange[];
  /** Names of the rules whose changes could not be written. */
  readonly failed: readonly string[];
  /** Resolved notices that a silence had kept back until now. */
  readonly released: number;
}

interface Decided {
  readonly before: Date | undefined;
  readonly takenBack: Date | undefined;
  readonly changes: readonly InstanceChange[];
}

/** Takes the turn of a tick, decides what it changes, and writes all of it in one transaction. */
@Injectable()
export class TickWriter {
  constructor(
    private readonly database: AlertDatabase,
    private readonly stores: AlertStores,
    private readonly writer: TransitionWriter,
    private readonly silences: SilenceRepository,
    private readonly silenced: SilencedResolutions,
    private readonly future: FutureTicks,
    private readonly log: Logger,
  ) {}

  /** Undefined: this tick, or a later one, took effect already. */
  async apply(at: Date, evaluations: readonly Evaluation[], time: TickTime): Promise<TickEffect | undefined> {
    await this.writer.makeReady(at);
    const effect = await this.applyTogether({ at, silences: await this.silences.active(at), ...time }, evaluations);
    if (effect && (effect.released > 0 || effect.changes.some(({ notice }) => notice))) await this.writer.committed();
    return effect;
  }

  private async applyTogether(tick: Tick, evaluations: readonly Evaluation[]): Promise<TickEffect | undefined> {
    try {
      return await this.attempt(tick, evaluations, async (tx, changes) => {
        await this.writer.write(tx, changes, tick.at);
        return [];
      });
    } catch (error) {
      if (error instanceof DependencyUnavailableError) throw error;
      this.log.error('The changes of a tick could not be written together; trying rule by rule.', { err: error });
      await this.writer.makeReadyAgain(tick.at);
      return this.attempt(tick, evaluations, (tx, changes) => this.writeApart(tx, changes, tick.at));
    }
  }

  private async attempt(
    tick: Tick,
    evaluations: readonly Evaluation[],
    write: (tx: Transaction, changes: readonly InstanceChange[]) => Promise<string[]>,
  ): Promise<TickEffect | undefined> {
    return this.database.transaction(async (tx) => {
      const decided = await this.decideAll(tx, tick, evaluations);
      if (!decided) return undefined;
      const failed = await write(tx, decided.changes);
      await this.recordIncidents(tx, tick, { ...decided, failed: [...failedIn(evaluations), ...failed] });
      return { ...decided, failed, released: await this.release(tx, tick) };
    });
  }

  private async recordIncidents(
    tx: Transaction,
    { at, currentTime, intervalMs }: Tick,
    { before, takenBack, failed }: Pick<TickEffect, 'before' | 'failed'> & Pick<Decided, 'takenBack'>,
  ): Promise<void> {
    const now = currentTime();
    const incidents = incidentsOf({ tick: at, before, now, intervalMs, failed, takenBack });
    await this.stores.incidents.record(tx, incidents, now);
  }

  private async decideAll(
    tx: Transaction,
    { at, silences, now }: Tick,
    evaluations: readonly Evaluation[],
  ): Promise<Decided | undefined> {
    const claim = await this.stores.ticks.claim(tx, at, now);
    if (!claim) return undefined;
    if (claim.future) await this.future.takeBack(tx, claim.future, now);
    const stored = byConfig(await this.stores.states.lockAll(tx));
    const changes: InstanceChange[] = [];
    const notes = new Map<string, string[]>();
    for (const { config, observed, failure, partial, earlier } of evaluations) {
      const known = stored.get(config.id) ?? new Map<string, KnownInstance>();
      const found = outcomesOf(config, observed, known, partial);
      const { leftOut } = found;
      const outcomes = earlier
        ? withEarlier(found, outcomesOf(config, earlier.observed, known).outcomes)
        : found.outcomes;
      for (const one of outcomes) {
        const circumstances = { at: at.getTime(), silenced: isSilenced(config, one.group, silences) };
        const change = decide(config, known.get(one.instance)?.state, one, circumstances);
        if (change) changes.push(change);
      }
      const warnings = warningsOf(config, {
        leftOut,
        failure,
        partial,
        earlier: earlier && (earlier.partial ? 'partial' : 'whole'),
      });
      if (warnings.length > 0) notes.set(config.id, warnings);
    }
    await this.stores.notes.replace(
      tx,
      evaluations.map(({ config }) => config.id),
      notes,
    );
    return { before: claim.before, takenBack: claim.future, changes: await this.stillValid(tx, changes) };
  }

  /** A rule that was edited since it was read, or is being edited now, has its turn at the next tick. */
  private async stillValid(tx: Transaction, changes: readonly InstanceChange[]): Promise<InstanceChange[]> {
    const configs = new Map(changes.map(({ config }) => [config.id, config]));
    const unchanged = await this.stores.ticks.lockUnchanged(tx, [...configs.values()]);
    return changes.filter(({ config }) => unchanged.has(config.id));
  }

  /** Notices that cannot be planned must not hold up the tick; they are tried again at the next one. */
  private async release(tx: Transaction, { at, silences }: Tick): Promise<number> {
    try {
      return await this.database.savepoint(tx, (savepoint) => this.silenced.release(savepoint, silences, at));
    } catch (error) {
      if (error instanceof DependencyUnavailableError) throw error;
      this.log.error('Resolved notices could not be planned after a silence.', { err: error });
      return 0;
    }
  }

  /** One rule whose changes cannot be written must not hold up the others. */
  private async writeApart(tx: Transaction, changes: readonly InstanceChange[], at: Date): Promise<string[]> {
    const failed: string[] = [];
    for (const id of new Set(changes.map(({ config }) => config.id))) {
      const own = changes.filter(({ config }) => config.id === id);
      try {
        await this.database.savepoint(tx, (savepoint) => this.writer.write(savepoint, own, at));
      } catch (error) {
        failed.push(own[0]?.config.name ?? id);
        this.log.error('The changes of a rule could not be written.', { config_id: id, err: error });
      }
    }
    return failed;
  }
}

function failedIn(evaluations: readonly Evaluation[]): string[] {
  return evaluations.flatMap(({ config, failure }) => (failure === undefined ? [] : config.name));
}

function byConfig(instances: readonly StoredInstance[]): Map<string, Map<string, KnownInstance>> {
  const configs = new Map<string, Map<string, KnownInstance>>();
  for (const { configId, instance, ...known } of instances) {
    const own = configs.get(configId);
    if (own) own.set(instance, known);
    else configs.set(configId, new Map([[instance, known]]));
  }
  return configs;
}
