import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Decimal } from '../../metrics/index.js';
import { translateDatabaseError } from '../../platform/database/index.js';
import type { Price } from '../domain/price-table.js';

interface Row {
  provider: string;
  model: string;
  valid_from: string;
  usd_per_job: string | null;
  usd_per_second: string | null;
  usd_per_input_unit: string | null;
  usd_per_output_unit: string | null;
}

const COLUMNS = 'provider, model, usd_per_job, usd_per_second, usd_per_input_unit, usd_per_output_unit';
const SELECT = `SELECT ${COLUMNS}, valid_from::text FROM ml_pricing ORDER BY provider, model, ml_pricing.valid_from`;

/** The price table, and the record of who replaced it. */
@Injectable()
export class PricingRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** By provider, model and date. @throws DependencyUnavailableError while the database is not there */
  async list(): Promise<Price[]> {
    try {
      const rows: Row[] = await this.dataSource.query(SELECT);
      return rows.map(toPrice);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** The whole table at once, one writer after the other; readers see the old or the new one. */
  async replace(prices: readonly Price[], changedBy: string): Promise<void> {
    try {
      await this.dataSource.transaction((tx) => replaceWithin(tx, prices.map(toRow), changedBy));
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

async function replaceWithin(tx: EntityManager, rows: readonly Row[], changedBy: string): Promise<void> {
  await tx.query('LOCK TABLE ml_pricing IN SHARE ROW EXCLUSIVE MODE');
  const before: Row[] = await tx.query(SELECT);
  await tx.query('DELETE FROM ml_pricing');
  await tx.query(
    `INSERT INTO ml_pricing (${COLUMNS}, valid_from)
     SELECT ${COLUMNS}, valid_from FROM jsonb_to_recordset($1::jsonb) AS given (provider text, model text,
       valid_from date, usd_per_job numeric, usd_per_second numeric, usd_per_input_unit numeric, usd_per_output_unit numeric)`,
    [JSON.stringify(rows)],
  );
  const after: Row[] = await tx.query(SELECT);
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.query('INSERT INTO ml_pricing_changes (changed_by, before, after) VALUES ($1, $2::jsonb, $3::jsonb)', [
    changedBy,
    JSON.stringify(before),
    JSON.stringify(after),
  ]);
}

function toPrice(row: Row): Price {
  return {
    provider: row.provider,
    model: row.model,
    validFrom: new Date(`${row.valid_from}T00:00:00Z`),
    usdPerJob: rate(row.usd_per_job),
    usdPerSecond: rate(row.usd_per_second),
    usdPerInputUnit: rate(row.usd_per_input_unit),
    usdPerOutputUnit: rate(row.usd_per_output_unit),
  };
}

function rate(value: string | null): Decimal | undefined {
  return value === null ? undefined : new Decimal(value);
}

function toRow(price: Price): Row {
  return {
    provider: price.provider,
    model: price.model,
    valid_from: price.validFrom.toISOString().slice(0, 10),
    usd_per_job: price.usdPerJob?.toFixed() ?? null,
    usd_per_second: price.usdPerSecond?.toFixed() ?? null,
    usd_per_input_unit: price.usdPerInputUnit?.toFixed() ?? null,
    usd_per_output_unit: price.usdPerOutputUnit?.toFixed() ?? null,
  };
}
