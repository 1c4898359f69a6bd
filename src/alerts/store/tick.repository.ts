import { Injectable } from '@nestjs/common';
import { CONFIG_COLUMNS, configOfRow, type AlertConfigRow } from './alert-config-row.js';
import type { AlertConfig } from '../domain/alert-config.js';
import type { Transaction } from './alert-database.js';

/** What keeps ticks apart from each other, and from edits of rules. */
@Injectable()
export class TickRepository {
  /**
   * Takes the turn of a tick: whoever comes with an older one, or the same again, does not get it. It waits for a tick
   * that is being written elsewhere, so that what is read afterwards holds everything it did.
   */
  async claim(tx: Transaction, tick: Date): Promise<boolean> {
    const [, claimed]: [unknown, number] = await tx.query(
      'UPDATE alert_engine SET last_tick = $1 WHERE last_tick < $1',
      [tick],
    );
    return claimed === 1;
  }

  /**
   * Which of these rules are still what they were when they were read. They cannot be edited before the transaction ends;
   * one that is being edited right now is left out instead of waited for.
   */
  async lockUnchanged(tx: Transaction, configs: readonly Pick<AlertConfig, 'id' | 'version'>[]): Promise<Set<string>> {
    if (configs.length === 0) return new Set();
    const rows: { id: string }[] = await tx.query(
      `SELECT c.id FROM alert_configs c JOIN unnest($1::uuid[], $2::int[]) AS known(id, version)
           ON c.id = known.id AND c.version = known.version
        WHERE c.enabled FOR SHARE OF c SKIP LOCKED`,
      [configs.map(({ id }) => id), configs.map(({ version }) => version)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Changes with every rule that is added, edited, switched on or off, or deleted. */
  async fingerprint(tx: Transaction): Promise<string> {
    const [row]: [{ fingerprint: string }] = await tx.query(
      `SELECT count(*) || '/' || coalesce(sum(hashtextextended(id::text, version)), 0) AS fingerprint
         FROM alert_configs WHERE enabled`,
    );
    return row.fingerprint;
  }

  async configs(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, AlertConfig>> {
    const rows: AlertConfigRow[] = await tx.query(
      `SELECT ${CONFIG_COLUMNS} FROM alert_configs WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, configOfRow(row)]));
  }
}
