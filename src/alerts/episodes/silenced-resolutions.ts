import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AlertNotifier, type AlertNotice } from '../../notifications/index.js';
import { isSilenced, type Silence } from '../domain/silence.js';
import type { Transaction } from '../store/alert-database.js';
import { EpisodeRepository } from '../store/episode.repository.js';
import { SilencedResolutionRepository } from '../store/silenced-resolution.repository.js';
import type { EpisodeChange } from './instance-change.js';

/**
 * Resolved notices of alerts that ended under a silence. They are recorded as `skipped: silenced`, kept, and sent once
 * when no silence matches any more, to those who got the firing notice.
 */
@Injectable()
export class SilencedResolutions {
  constructor(
    private readonly kept: SilencedResolutionRepository,
    private readonly episodes: EpisodeRepository,
    private readonly notifier: AlertNotifier,
  ) {}

  /** Keeps those of the planned notices that a silence suppressed, in the transaction that planned them. */
  async keep(
    tx: Transaction,
    planned: readonly { readonly change: EpisodeChange; readonly notice: AlertNotice }[],
  ): Promise<void> {
    const resolutions = planned.flatMap(({ change, notice }) => {
      const { suppressed, ...unsuppressed } = notice;
      if (notice.kind !== 'resolved' || suppressed !== 'silenced') return [];
      return { rule: change.config, notice: { ...unsuppressed, alertId: change.episode.id } };
    });
    await this.kept.add(tx, resolutions);
  }

  /**
   * Plans the notices that no silence matches any more, in the transaction of a tick.
   * @param silences those that are active
   * @returns how many
   */
  async release(tx: Transaction, silences: readonly Silence[], at: Date): Promise<number> {
    const due = (await this.kept.lockAll(tx)).filter(({ rule, notice }) => !isSilenced(rule, notice.group, silences));
    if (due.length === 0) return 0;
    const notices = due.map(({ notice }) => ({ ...notice, transitionId: randomUUID(), detectedAt: at }));
    await this.notifier.planAll(tx, notices);
    await this.episodes.log(
      tx,
      notices.map(({ transitionId, alertId, resolvedValue }) => ({
        ...{ id: transitionId, alert_id: alertId, at, state: 'notified', value: resolvedValue },
        ...{ reason: null, who: null, note: null },
      })),
    );
    await this.episodes.announce(tx);
    await this.kept.remove(
      tx,
      due.map(({ notice }) => notice.alertId),
    );
    return due.length;
  }
}
