import { Injectable } from '@nestjs/common';
import type { Transaction } from './alert-database.js';

/** An episode as it begins. */
export interface NewEpisode {
  readonly id: string;
  readonly config_id: string;
  readonly config_name: string;
  readonly metric: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly group_value: string | null;
  readonly condition: string;
  readonly severity: string;
  readonly status: 'firing';
  readonly value: number | null;
  readonly peak_value: number | null;
  readonly threshold: number;
  readonly triggered_at: Date;
  readonly partial: boolean;
}

export interface EpisodeUpdate {
  readonly id: string;
  readonly value: number | null;
  readonly peak_value: number | null;
  /** Whether the value lacks events that are still being rolled up. */
  readonly partial: boolean;
}

export interface Resolution extends EpisodeUpdate {
  readonly resolved_value: number | null;
  readonly resolved_at: Date;
  readonly resolved_by: string;
  readonly note: string | null;
}

export interface Acknowledgement {
  readonly id: string;
  readonly acknowledged_at: Date;
  readonly acknowledged_by: string;
  readonly note: string | null;
}

/** An entry of an episode's timeline. */
export interface TimelineEntry {
  readonly id: string;
  readonly alert_id: string;
  readonly at: Date;
  readonly state: string;
  readonly value: number | null;
  readonly reason: string | null;
  readonly who: string | null;
  readonly note: string | null;
}

/** Writes episodes and their timeline; every method takes many at once, in one statement. */
@Injectable()
export class EpisodeRepository {
  async open(tx: Transaction, episodes: readonly NewEpisode[]): Promise<void> {
    await run(
      tx,
      `INSERT INTO alert_history (id, config_id, config_name, metric, filters, group_value, condition, severity, status,
         value, peak_value, threshold, triggered_at, partial)
       SELECT id, config_id, config_name, metric, filters, group_value, condition, severity, status, value, peak_value, threshold,
         triggered_at, partial FROM jsonb_populate_recordset(NULL::alert_history, $1::jsonb)`,
      episodes,
    );
  }

  async update(tx: Transaction, updates: readonly EpisodeUpdate[]): Promise<void> {
    await run(
      tx,
      `UPDATE alert_history h SET value = u.value, peak_value = u.peak_value, partial = u.partial
         FROM jsonb_populate_recordset(NULL::alert_history, $1::jsonb) u WHERE h.id = u.id`,
      updates,
    );
  }

  async acknowledge(tx: Transaction, acknowledgements: readonly Acknowledgement[]): Promise<void> {
    await run(
      tx,
      `UPDATE alert_history h SET status = 'acknowledged', acknowledged_at = u.acknowledged_at,
         acknowledged_by = u.acknowledged_by, note = coalesce(u.note, h.note)
         FROM jsonb_populate_recordset(NULL::alert_history, $1::jsonb) u WHERE h.id = u.id`,
      acknowledgements,
    );
  }

  async resolve(tx: Transaction, resolutions: readonly Resolution[]): Promise<void> {
    await run(
      tx,
      `UPDATE alert_history h SET status = 'resolved', value = u.value, peak_value = u.peak_value, partial = false,
         resolved_value = u.resolved_value, resolved_at = u.resolved_at, resolved_by = u.resolved_by,
         note = coalesce(u.note, h.note)
         FROM jsonb_populate_recordset(NULL::alert_history, $1::jsonb) u WHERE h.id = u.id`,
      resolutions,
    );
  }

  async log(tx: Transaction, entries: readonly TimelineEntry[]): Promise<void> {
    await run(
      tx,
      `INSERT INTO alert_transitions SELECT * FROM jsonb_populate_recordset(NULL::alert_transitions, $1::jsonb)`,
      entries,
    );
  }

  /** The status of those that there are. */
  async statuses(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows: { id: string; status: string }[] = await tx.query(
      'SELECT id, status FROM alert_history WHERE id = ANY($1::uuid[])',
      [ids],
    );
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  /** Tells whoever listens, in any process, that alerts are not what they were: once this transaction is committed. */
  async announce(tx: Transaction): Promise<void> {
    await tx.query(`SELECT pg_notify('alerts_changed', '')`);
  }
}

async function run(tx: Transaction, sql: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await tx.query(sql, [JSON.stringify(rows)]);
}
