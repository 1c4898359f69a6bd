import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventJournal } from '../../collector/index.js';
import { AlertNotifier } from '../../notifications/index.js';
import { isForgettable } from '../domain/instance-state.js';
import { afterNotice, type DueNotice } from '../domain/notice.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import { AlertChanges } from '../alert-changes.js';
import type { Transaction } from '../store/alert-database.js';
import { EpisodeRepository } from '../store/episode.repository.js';
import { InstanceStateRepository, type StoredInstance } from '../store/instance-state.repository.js';
import { acknowledgedRow, eventOf, openedRow, resolvedRow, timelineOf, updatedRow } from './episode-rows.js';
import type { EpisodeChange, InstanceChange } from './instance-change.js';
import { noticeOf } from './notice-of.js';
import { SilencedResolutions } from './silenced-resolutions.js';

/**
 * The one way in which the state of an alert changes: state, history, timeline, the `alert` event with its rollup marks
 * and the deliveries commit in the caller's transaction, or none of them does. Call `makeReady` before the transaction
 * and `committed` after it.
 */
@Injectable()
export class TransitionWriter {
  constructor(
    private readonly states: InstanceStateRepository,
    private readonly episodes: EpisodeRepository,
    private readonly events: EventJournal,
    private readonly notifier: AlertNotifier,
    private readonly catalogue: AlertCatalogue,
    private readonly changes: AlertChanges,
    private readonly silenced: SilencedResolutions,
  ) {}

  async makeReady(at: Date): Promise<void> {
    await this.events.makeReady(at);
  }

  /** After a failure: retention may have dropped a day that was known. */
  async makeReadyAgain(at: Date): Promise<void> {
    this.events.forget();
    await this.makeReady(at);
  }

  /** `at` is the tick, or when somebody did it by hand. */
  async write(tx: Transaction, changes: readonly InstanceChange[], at: Date): Promise<void> {
    if (changes.length === 0) return;
    const numbered = changes.map((change) => ({ ...change, id: randomUUID() }));
    const about = numbered.filter((change): change is typeof change & EpisodeChange => change.episode !== null);
    await this.writeEpisodes(tx, about, at);
    await this.saveStates(tx, changes, await this.notify(tx, numbered, at), at);
    if (about.some(({ transition, notice }) => transition ?? notice)) await this.episodes.announce(tx);
  }

  /**
   * Wakes the deliveries that were planned; what a crash before this leaves behind is swept up. Tells this process of the
   * change at once, so that whoever acknowledged an alert does not see it again: notices of the database come later.
   */
  async committed(): Promise<void> {
    this.changes.tell();
    await this.notifier.wake();
  }

  private async writeEpisodes(tx: Transaction, changes: readonly EpisodeChange[], at: Date): Promise<void> {
    const opened = changes.filter(({ transition }) => transition?.opensSince !== undefined);
    const closed = changes.filter(({ transition }) => transition?.state === 'resolved');
    const acknowledged = changes.filter(({ transition }) => transition?.state === 'acknowledged');
    const told = new Set([...opened, ...closed, ...acknowledged]);
    const others = changes.filter((change) => !told.has(change));
    await this.episodes.open(tx, opened.map(openedRow));
    await this.episodes.update(tx, others.map(updatedRow));
    await this.episodes.acknowledge(
      tx,
      acknowledged.map((change) => acknowledgedRow(change, at)),
    );
    await this.episodes.resolve(
      tx,
      closed.map((change) => resolvedRow(change, at)),
    );
    await this.episodes.log(
      tx,
      changes.flatMap((change) => timelineOf(change, at)),
    );
    await this.events.write(
      tx,
      changes.flatMap((change) => eventOf(change, at)),
    );
  }

  /** @returns the states as they are after the notices were planned */
  private async notify(
    tx: Transaction,
    changes: readonly (InstanceChange & { id: string })[],
    at: Date,
  ): Promise<StoredInstance[]> {
    const told = changes.filter(isTold);
    const planned = told.map((change) => {
      const measure = this.catalogue.measureOf(change.config, change.after.group);
      return { change, notice: noticeOf(change, { notice: change.notice, measure, at }) };
    });
    const plans = await this.notifier.planAll(
      tx,
      planned.map(({ notice }) => notice),
    );
    await this.silenced.keep(tx, planned);
    const anySent = new Map(told.map(({ id }, index) => [id, plans[index]!.anySent]));
    return changes.map(({ id, config: { severity }, after, notice }) => {
      const sent = anySent.get(id);
      if (!notice || sent === undefined) return after;
      return { ...after, state: afterNotice(after.state, notice, { at: at.getTime(), severity, sent }) };
    });
  }

  private async saveStates(
    tx: Transaction,
    changes: readonly InstanceChange[],
    states: readonly StoredInstance[],
    at: Date,
  ): Promise<void> {
    const isOver = ({ state }: StoredInstance, index: number): boolean =>
      isForgettable(state, changes[index]?.config.cooldownSeconds ?? 0, at.getTime());
    await this.states.forget(tx, states.filter(isOver));
    await this.states.save(
      tx,
      states.filter((stored, index) => !isOver(stored, index)),
    );
  }
}

function isTold<C extends InstanceChange>(change: C): change is C & EpisodeChange & { notice: DueNotice } {
  return Boolean(change.notice) && change.episode !== null;
}
