import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import { acknowledged, resolvedByHand } from '../domain/by-hand.js';
import { backToNormal, type Episode, type InstanceState } from '../domain/instance-state.js';
import { isSilenced, type Silence } from '../domain/silence.js';
import { AlertDatabase, type Transaction } from '../store/alert-database.js';
import { AlertStores } from '../store/alert-stores.js';
import { SilenceRepository } from '../store/silence.repository.js';
import type { StoredInstance } from '../store/instance-state.repository.js';
import type { InstanceChange } from './instance-change.js';
import { TransitionWriter } from './transition-writer.js';

/** What became of one alert that somebody wanted to acknowledge or resolve; skipped, for it is so already or unknown. */
export type EpisodeVerdict =
  | { readonly id: string; readonly outcome: 'updated' }
  | { readonly id: string; readonly outcome: 'skipped'; readonly reason: 'not_found' | 'acknowledged' | 'resolved' };

/** An open episode, where its instance stands, and the rule behind it. */
interface OpenEpisode {
  readonly stored: StoredInstance;
  readonly episode: Episode;
  readonly config: AlertConfig;
}

/** When it happens, and what is silenced then. */
interface Moment {
  readonly at: Date;
  readonly silences: readonly Silence[];
}

/** How an episode ends. */
interface Closing extends Pick<InstanceChange, 'transition'> {
  readonly state: InstanceState;
  readonly silences: readonly Silence[];
}

/** What people do to episodes: acknowledge them, resolve them by hand, edit or delete the rule behind them. */
@Injectable()
export class EpisodeService {
  constructor(
    private readonly database: AlertDatabase,
    private readonly stores: AlertStores,
    private readonly writer: TransitionWriter,
    private readonly silences: SilenceRepository,
    private readonly clock: Clock,
  ) {}

  /** One verdict per id, in their order. Repeating it is harmless; an acknowledged episode still resolves by itself. */
  acknowledge(ids: readonly string[], who: string, note?: string): Promise<EpisodeVerdict[]> {
    return this.change(ids, ({ stored, episode, config }) => {
      if (episode.acknowledged) return undefined;
      const after = { ...stored, state: acknowledged(stored.state) };
      const transition = { state: 'acknowledged', who, ...(note !== undefined && { note }) } as const;
      return { config, after, episode: { ...episode, acknowledged: true }, transition, notice: null };
    });
  }

  /**
   * One verdict per id, in their order. Repeating it is harmless. A new episode opens only once the condition has been
   * false, or when the cooldown is over.
   */
  resolve(ids: readonly string[], who: string, note?: string): Promise<EpisodeVerdict[]> {
    return this.change(ids, (open, { at, silences }) => {
      const state = resolvedByHand(open.stored.state, open.config.cooldownSeconds, at.getTime());
      const transition = { state: 'resolved', resolvedBy: who, who, ...(note !== undefined && { note }) } as const;
      return closing(open, { state, transition, silences });
    });
  }

  /**
   * Resolves the open episodes of rules and lets their instances start over, in the caller's transaction. The cooldown
   * counts on where the rule stays: it is the same rule to those who were told. Call it while the rules still are as they
   * were: messages tell of them so. Call `makeReady` before the transaction, and `afterCommit` when it is through.
   */
  async closeForConfig(
    tx: Transaction,
    configIds: string | readonly string[],
    reason: 'config_changed' | 'config_deleted',
  ): Promise<void> {
    const ids = [configIds].flat();
    const at = this.clock.now();
    const silences = await this.silences.active(at, tx);
    const transition = { state: 'resolved', reason, resolvedBy: reason } as const;
    const changes = (await this.openOf(tx, await this.stores.states.lockOfConfigs(tx, ids))).map((open) =>
      closing(open, { state: backToNormal(open.stored.state, at.getTime()), transition, silences }),
    );
    await this.writer.write(tx, changes, at);
    if (reason === 'config_deleted') await this.stores.states.forgetConfigs(tx, ids);
    else await this.stores.states.startOver(tx, ids, at);
  }

  /** Makes room for the events that `closeForConfig` stores. */
  async makeReady(): Promise<void> {
    await this.writer.makeReady(this.clock.now());
  }

  /** Sends what `closeForConfig` planned. Left out, it is a few seconds later. */
  async afterCommit(): Promise<void> {
    await this.writer.committed();
  }

  private async change(
    ids: readonly string[],
    decide: (open: OpenEpisode, moment: Moment) => InstanceChange | undefined,
  ): Promise<EpisodeVerdict[]> {
    const at = this.clock.now();
    await this.writer.makeReady(at);
    const verdicts = await this.database.transaction(async (tx) => {
      const open = await this.openOf(tx, await this.stores.states.lockOfAlerts(tx, ids));
      const moment = { at, silences: await this.silences.active(at, tx) };
      const statuses = await this.stores.episodes.statuses(tx, ids);
      const changes = open.flatMap((one) => decide(one, moment) ?? []);
      await this.writer.write(tx, changes, at);
      const updated = new Set(changes.map(({ episode }) => episode?.id));
      return ids.map((id) => verdictOf(id, updated.has(id), statuses.get(id)));
    });
    await this.writer.committed();
    return verdicts;
  }

  private async openOf(tx: Transaction, instances: readonly StoredInstance[]): Promise<OpenEpisode[]> {
    const configs = await this.stores.ticks.configs(tx, [...new Set(instances.map(({ configId }) => configId))]);
    return instances.flatMap((stored) => {
      const config = configs.get(stored.configId);
      const { episode } = stored.state;
      return config && episode ? [{ stored, episode, config }] : [];
    });
  }
}

/** An episode that is over says so to those who heard of it, with its last value, unless that is silenced. */
function closing({ stored, episode, config }: OpenEpisode, { state, transition, silences }: Closing): InstanceChange {
  const suppressed = isSilenced(config, stored.group, silences) ? 'silenced' : null;
  const notice = episode.muted ? null : ({ kind: 'resolved', suppressed, late: false } as const);
  const closed = { ...episode, resolvedValue: episode.value };
  return { config, after: { ...stored, state }, episode: closed, transition, notice };
}

function verdictOf(id: string, updated: boolean, status: string | undefined): EpisodeVerdict {
  if (updated) return { id, outcome: 'updated' };
  if (status === undefined) return { id, outcome: 'skipped', reason: 'not_found' };
  return { id, outcome: 'skipped', reason: status === 'acknowledged' ? 'acknowledged' : 'resolved' };
}
