import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import { acknowledged, resolvedByHand, withoutEpisode } from '../domain/by-hand.js';
import type { Episode } from '../domain/instance-state.js';
import { AlertDatabase, type Transaction } from '../store/alert-database.js';
import { AlertStores } from '../store/alert-stores.js';
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

/** What people do to episodes: acknowledge them, resolve them by hand, edit or delete the rule behind them. */
@Injectable()
export class EpisodeService {
  constructor(
    private readonly database: AlertDatabase,
    private readonly stores: AlertStores,
    private readonly writer: TransitionWriter,
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
    return this.change(ids, (open, at) => {
      const { stored, config } = open;
      const after = { ...stored, state: resolvedByHand(stored.state, config.cooldownSeconds, at.getTime()) };
      const transition = { state: 'resolved', resolvedBy: who, who, ...(note !== undefined && { note }) } as const;
      return closing(open, after, transition);
    });
  }

  /**
   * Resolves the open episodes of rules and forgets where their instances stand, in the caller's transaction. Call it
   * while the rules still are as they were: messages tell of them so. Call `makeReady` before the transaction, and
   * `afterCommit` when it is through.
   */
  async closeForConfig(
    tx: Transaction,
    configIds: string | readonly string[],
    reason: 'config_changed' | 'config_deleted',
  ): Promise<void> {
    const ids = [configIds].flat();
    const stored = await this.stores.states.lockOfConfigs(tx, ids);
    const changes = (await this.openOf(tx, stored)).map((open) =>
      closing(
        open,
        { ...open.stored, state: withoutEpisode(open.stored.state, this.clock.now().getTime()) },
        { state: 'resolved', reason, resolvedBy: reason },
      ),
    );
    await this.writer.write(tx, changes, this.clock.now());
    await this.stores.states.forgetConfigs(tx, ids);
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
    decide: (open: OpenEpisode, at: Date) => InstanceChange | undefined,
  ): Promise<EpisodeVerdict[]> {
    const at = this.clock.now();
    await this.writer.makeReady(at);
    const verdicts = await this.database.transaction(async (tx) => {
      const open = await this.openOf(tx, await this.stores.states.lockOfAlerts(tx, ids));
      const statuses = await this.stores.episodes.statuses(tx, ids);
      const changes = open.flatMap((one) => decide(one, at) ?? []);
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

/** An episode that is over says so to those who heard of it, with its last value. */
function closing(
  { episode, config }: OpenEpisode,
  after: StoredInstance,
  transition: InstanceChange['transition'],
): InstanceChange {
  const notice = episode.muted ? null : ({ kind: 'resolved', suppressed: null, late: false } as const);
  return { config, after, episode: { ...episode, resolvedValue: episode.value }, transition, notice };
}

function verdictOf(id: string, updated: boolean, status: string | undefined): EpisodeVerdict {
  if (updated) return { id, outcome: 'updated' };
  if (status === undefined) return { id, outcome: 'skipped', reason: 'not_found' };
  return { id, outcome: 'skipped', reason: status === 'acknowledged' ? 'acknowledged' : 'resolved' };
}
