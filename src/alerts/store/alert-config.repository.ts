import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, QueryFailedError } from 'typeorm';
import { ConflictError } from '../../platform/errors/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import type { Place } from '../dto/place.js';
import type { Transaction } from './alert-database.js';
import {
  CONFIG_ASSIGNMENTS,
  CONFIG_COLUMNS,
  CONFIG_RECORD,
  configOfRow,
  rowOfConfig,
  type AlertConfigRow,
} from './alert-config-row.js';

const SELECT = `SELECT ${CONFIG_COLUMNS} FROM alert_configs`;
const UNIQUE_VIOLATION = '23505';

/** The rules, as the engine and the configuration endpoints read and write them. */
@Injectable()
export class AlertConfigRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** What the engine evaluates, in a stable order. */
  async enabled(): Promise<AlertConfig[]> {
    return configs(await this.dataSource.query(`${SELECT} WHERE enabled ORDER BY id`));
  }

  async find(id: string): Promise<AlertConfig | undefined> {
    return configs(await this.dataSource.query(`${SELECT} WHERE id = $1`, [id]))[0];
  }

  /** Newest first. */
  async page(limit: number, after?: Place): Promise<AlertConfig[]> {
    const rows: AlertConfigRow[] = await this.dataSource.query(
      `${SELECT} WHERE $2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid)
        ORDER BY created_at DESC, id DESC LIMIT $1`,
      [limit, after?.at ?? null, after?.id ?? null],
    );
    return configs(rows);
  }

  /** By name, whatever the database's own idea of an alphabet. */
  async all(): Promise<AlertConfig[]> {
    return configs(await this.dataSource.query(`${SELECT} ORDER BY name COLLATE "C"`));
  }

  /**
   * The config, held against every other writer until the transaction ends. The table first, as whoever is going to write
   * it needs it: otherwise this would hold a row that `lockAll` waits for, and wait for the table that `lockAll` holds.
   */
  async lock(tx: Transaction, id: string): Promise<AlertConfig | undefined> {
    await tx.query('LOCK TABLE alert_configs IN ROW EXCLUSIVE MODE');
    return configs(await tx.query(`${SELECT} WHERE id = $1 FOR UPDATE`, [id]))[0];
  }

  /** All configs by name, held against every other writer until the transaction ends; readers go on. */
  async lockAll(tx: Transaction): Promise<AlertConfig[]> {
    await tx.query('LOCK TABLE alert_configs IN SHARE ROW EXCLUSIVE MODE');
    return configs(await tx.query(`${SELECT} ORDER BY name COLLATE "C" FOR UPDATE`));
  }

  /** @throws ConflictError where a name is taken */
  async insert(tx: Transaction, added: readonly AlertConfig[]): Promise<void> {
    await write(
      tx,
      `INSERT INTO alert_configs (${CONFIG_COLUMNS})
       SELECT ${CONFIG_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS given (${CONFIG_RECORD})`,
      added,
    );
  }

  /** @throws ConflictError where a name is taken */
  async update(tx: Transaction, changed: readonly AlertConfig[]): Promise<void> {
    await write(
      tx,
      `UPDATE alert_configs AS stored SET ${CONFIG_ASSIGNMENTS}
         FROM jsonb_to_recordset($1::jsonb) AS given (${CONFIG_RECORD}) WHERE stored.id = given.id`,
      changed,
    );
  }

  async delete(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.query('DELETE FROM alert_configs WHERE id = ANY ($1::uuid[])', [ids]);
  }
}

function configs(rows: AlertConfigRow[]): AlertConfig[] {
  return rows.map(configOfRow);
}

async function write(tx: Transaction, statement: string, given: readonly AlertConfig[]): Promise<void> {
  if (given.length === 0) return;
  try {
    await tx.query(statement, [JSON.stringify(given.map(rowOfConfig))]);
  } catch (error) {
    if (!isNameTaken(error)) throw error;
    throw new ConflictError('Another alert config has this name; names are unique.', { cause: error });
  }
}

function isNameTaken(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION && constraint === 'alert_configs_name';
}
