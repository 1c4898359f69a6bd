import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AlertConfig } from '../domain/alert-config.js';
import { CONFIG_COLUMNS, configOfRow, type AlertConfigRow } from './alert-config-row.js';

/** The rules, as the engine and the configuration endpoints read them. */
@Injectable()
export class AlertConfigRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** What the engine evaluates, in a stable order. */
  async enabled(): Promise<AlertConfig[]> {
    const rows: AlertConfigRow[] = await this.dataSource.query(
      `SELECT ${CONFIG_COLUMNS} FROM alert_configs WHERE enabled ORDER BY id`,
    );
    return rows.map(configOfRow);
  }

  async find(id: string): Promise<AlertConfig | undefined> {
    const rows: AlertConfigRow[] = await this.dataSource.query(
      `SELECT ${CONFIG_COLUMNS} FROM alert_configs WHERE id = $1`,
      [id],
    );
    return rows[0] && configOfRow(rows[0]);
  }
}
