import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import type { AlertConfig, AlertRule } from '../domain/alert-config.js';
import { resetsState } from '../domain/config-change.js';
import { EpisodeService } from '../episodes/episode.service.js';
import { AlertDatabase, type Transaction } from '../store/alert-database.js';
import { AlertConfigRepository } from '../store/alert-config.repository.js';
import { ConfigAuditRepository, type ConfigChange } from '../store/config-audit.repository.js';
import { exportOfRule, recordOfConfig } from './rule-wire.js';

/** What is to become of a config: made (no `before`), changed, or deleted (no `after`). */
export interface ConfigEdit {
  readonly before?: AlertConfig | undefined;
  readonly after?: AlertRule | undefined;
}

interface Written {
  readonly before?: AlertConfig | undefined;
  readonly after?: AlertConfig | undefined;
}

/** The one way in which configs change: with their version, their audit and the end of episodes that lost their rule. */
@Injectable()
export class ConfigWriter {
  constructor(
    private readonly database: AlertDatabase,
    private readonly configs: AlertConfigRepository,
    private readonly audit: ConfigAuditRepository,
    private readonly episodes: EpisodeService,
    private readonly clock: Clock,
  ) {}

  /** Runs what edits configs in a transaction; when that is through, people hear of the episodes it ended. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.episodes.makeReady();
    const result = await this.database.transaction(work);
    await this.episodes.afterCommit();
    return result;
  }

  /**
   * In a transaction of `transaction`, which holds every `before`. An edit that changes nothing writes nothing.
   * @returns the configs as they are now, without the deleted ones
   */
  async write(tx: Transaction, edits: readonly ConfigEdit[], by: string): Promise<AlertConfig[]> {
    const at = this.clock.now();
    const written = edits.map(({ before, after }): Written => ({
      before,
      after: after && next(before, after, by, at),
    }));
    const changed = written.filter(({ before, after }) => before !== after);
    // Episodes first: what is said of their end is said by the rules as they were.
    await this.closeEpisodes(tx, changed);
    await this.configs.delete(
      tx,
      changed.flatMap(({ before, after }) => (before && !after ? [before.id] : [])),
    );
    await this.configs.update(
      tx,
      changed.flatMap(({ before, after }) => (before && after ? [after] : [])),
    );
    await this.configs.insert(
      tx,
      changed.flatMap(({ before, after }) => (!before && after ? [after] : [])),
    );
    await this.audit.record(
      tx,
      changed.map((change) => auditOf(change, by, at)),
    );
    return written.flatMap(({ after }) => after ?? []);
  }

  private async closeEpisodes(tx: Transaction, changed: readonly Written[]): Promise<void> {
    const edited = changed.flatMap(({ before, after }) =>
      before && after && resetsState(before, after) ? before.id : [],
    );
    const deleted = changed.flatMap(({ before, after }) => (before && !after ? before.id : []));
    if (edited.length > 0) await this.episodes.closeForConfig(tx, edited, 'config_changed');
    if (deleted.length > 0) await this.episodes.closeForConfig(tx, deleted, 'config_deleted');
  }
}

/** The config after an edit; the very same one where nothing in it changed. */
function next(before: AlertConfig | undefined, rule: AlertRule, by: string, at: Date): AlertConfig {
  if (!before) return { ...rule, id: randomUUID(), version: 1, createdAt: at, updatedAt: at, createdBy: by };
  if (isSameRule(before, rule)) return before;
  const { id, version, createdAt, createdBy } = before;
  return { ...rule, id, version: version + 1, createdAt, updatedAt: at, createdBy };
}

export function isSameRule(a: AlertRule, b: AlertRule): boolean {
  return JSON.stringify(exportOfRule(a)) === JSON.stringify(exportOfRule(b));
}

function auditOf({ before, after }: Written, by: string, at: Date): ConfigChange {
  const configId = (before ?? after)!.id;
  const action = before ? (after ? 'updated' : 'deleted') : 'created';
  return {
    configId,
    at,
    by,
    action,
    before: before ? recordOfConfig(before) : null,
    after: after ? recordOfConfig(after) : null,
  };
}
