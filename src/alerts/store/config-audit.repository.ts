import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Transaction } from './alert-database.js';

export type ConfigAction = 'created' | 'updated' | 'deleted';

/** One change of a config; `before` and `after` are whole configs as the wire shows them. */
export interface ConfigChange {
  readonly configId: string;
  readonly at: Date;
  readonly by: string;
  readonly action: ConfigAction;
  readonly before: object | null;
  readonly after: object | null;
}

export interface StoredConfigChange extends ConfigChange {
  /** Grows with time; a page goes on below it. */
  readonly id: string;
}

interface Row {
  id: string;
  config_id: string;
  changed_at: Date;
  changed_by: string;
  action: ConfigAction;
  before: object | null;
  after: object | null;
}

/** Who changed which config, when, from what to what. It outlives the configs. */
@Injectable()
export class ConfigAuditRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async record(tx: Transaction, changes: readonly ConfigChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ configId, at, by, ...change }) => ({
      config_id: configId,
      changed_at: at,
      changed_by: by,
      ...change,
    }));
    await tx.query(
      `INSERT INTO alert_config_changes (config_id, changed_at, changed_by, action, before, after)
       SELECT config_id, changed_at, changed_by, action, before, after
         FROM jsonb_to_recordset($1::jsonb) AS given (config_id uuid, changed_at timestamptz, changed_by text,
              action text, before jsonb, after jsonb)`,
      [JSON.stringify(rows)],
    );
  }

  /** Newest first; `below` is the id after which the page goes on. */
  async page(configId: string, limit: number, below?: string): Promise<StoredConfigChange[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT id, config_id, changed_at, changed_by, action, before, after FROM alert_config_changes
        WHERE config_id = $1 AND ($3::bigint IS NULL OR id < $3::bigint) ORDER BY id DESC LIMIT $2`,
      [configId, limit, below ?? null],
    );
    return rows.map((row) => ({
      id: row.id,
      configId: row.config_id,
      at: row.changed_at,
      by: row.changed_by,
      action: row.action,
      before: row.before,
      after: row.after,
    }));
  }
}
