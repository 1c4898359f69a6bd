import { Injectable } from '@nestjs/common';
import { CONFIG_COLUMNS, configOfRow, type AlertConfigRow } from './alert-config-row.js';
import { CLOCK_TOLERANCE_MS } from '../../platform/clock/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import type { Transaction } from './alert-database.js';

export interface ClaimedTick {
  /** The tick before it; undefined where there was none, or none that can be believed. */
  readonly before: Date | undefined;
  /** The tick in the future that had taken effect. */
  readonly future?: Date;
}

/** What keeps ticks apart from each other, and from edits of rules. */
@Injectable()
export class TickRepository {
  /**
   * Takes the turn of a tick, and tells which one it follows: whoever comes with an older one, or the same again, does
   * not get it. It waits for a tick that is being written elsewhere, so that what is read afterwards holds all it did.
   * A tick in the future gets no turn, and one that took effect is no hindrance: it is told as `future`.
   */
  async claim(tx: Transaction, tick: Date, now: Date): Promise<ClaimedTick | undefined> {
    const latest = new Date(now.getTime() + CLOCK_TOLERANCE_MS);
    if (tick > latest) return undefined;
    const [rows]: [{ before: Date | number }[], number] = await tx.query(
      `UPDATE alert_engine e SET last_tick = $1 FROM (SELECT last_tick FROM alert_engine FOR UPDATE) before
        WHERE before.last_tick < $1 OR before.last_tick > $2 RETURNING before.last_tick AS before`,
      [tick, latest],
    );
    const [claimed] = rows;
    if (!claimed) return undefined;
    // The driver gives -infinity, which stands for no tick yet, as a number.
    if (!(claimed.before instanceof Date)) return { before: undefined };
    return claimed.before > latest ? { before: undefined, future: claimed.before } : { before: claimed.before };
  }

  /** The last tick that took effect, as far as can be seen without waiting. */
  async last(tx: Transaction): Promise<number> {
    const [row]: [{ last_tick: Date | number }] = await tx.query('SELECT last_tick FROM alert_engine');
    return Number(row.last_tick);
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
