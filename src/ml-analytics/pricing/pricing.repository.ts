import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';
import type { Price } from '../domain/price-table.js';
import { fromRow, toRow, type PriceRow } from './price-row.js';

/** One replacement of the table: who, when, and the whole table before and after. */
export interface PricingChange {
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly before: readonly Price[];
  readonly after: readonly Price[];
}

interface ChangeRow {
  readonly id: string;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly before: readonly PriceRow[];
  readonly after: readonly PriceRow[];
}

const COLUMNS = 'provider, model, usd_per_job, usd_per_second, usd_per_input_unit, usd_per_output_unit';
const SELECT = `SELECT ${COLUMNS}, valid_from::text FROM ml_pricing ORDER BY provider, model, ml_pricing.valid_from`;

/** The price table, and the record of who replaced it. */
@Injectable()
export class PricingRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** By provider, model and date. @throws DependencyUnavailableError while the database is not there */
  async list(): Promise<Price[]> {
    const rows = await this.query<PriceRow>(SELECT);
    return rows.map(fromRow);
  }

  /** The whole table at once, one writer after the other; readers see the old or the new one. */
  async replace(prices: readonly Price[], changedBy: string): Promise<void> {
    try {
      await this.dataSource.transaction((tx) => replaceWithin(tx, prices.map(toRow), changedBy));
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** Replacements, newest first; those before one of them when its id is given. */
  async changes(limit: number, beforeId: string | undefined): Promise<PricingChange[]> {
    const rows = await this.query<ChangeRow>(
      `SELECT id, changed_at, changed_by, before, after FROM ml_pricing_changes
        WHERE $2::bigint IS NULL OR id < $2::bigint ORDER BY id DESC LIMIT $1`,
      [limit, beforeId ?? null],
    );
    return rows.map((row) => ({
      id: row.id,
      at: row.changed_at,
      by: row.changed_by,
      before: row.before.map(fromRow),
      after: row.after.map(fromRow),
    }));
  }

  private async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    try {
      return await this.dataSource.query(sql, parameters);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

async function replaceWithin(tx: EntityManager, rows: readonly PriceRow[], changedBy: string): Promise<void> {
  await tx.query('LOCK TABLE ml_pricing IN SHARE ROW EXCLUSIVE MODE');
  const before: PriceRow[] = await tx.query(SELECT);
  await tx.query('DELETE FROM ml_pricing');
  await tx.query(
    `INSERT INTO ml_pricing (${COLUMNS}, valid_from)
     SELECT ${COLUMNS}, valid_from FROM jsonb_to_recordset($1::jsonb) AS given (provider text, model text,
       valid_from date, usd_per_job numeric, usd_per_second numeric, usd_per_input_unit numeric, usd_per_output_unit numeric)`,
    [JSON.stringify(rows)],
  );
  const after: PriceRow[] = await tx.query(SELECT);
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.query('INSERT INTO ml_pricing_changes (changed_by, before, after) VALUES ($1, $2::jsonb, $3::jsonb)', [
    changedBy,
    JSON.stringify(before),
    JSON.stringify(after),
  ]);
}
