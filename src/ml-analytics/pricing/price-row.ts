import { Decimal } from '../../metrics/index.js';
import type { Price } from '../domain/price-table.js';

/** A price as the database and the record of changes hold it: amounts and the day as texts. */
export interface PriceRow {
  readonly provider: string;
  readonly model: string;
  readonly valid_from: string;
  readonly usd_per_job: string | null;
  readonly usd_per_second: string | null;
  readonly usd_per_input_unit: string | null;
  readonly usd_per_output_unit: string | null;
}

export function fromRow(row: PriceRow): Price {
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

export function toRow(price: Price): PriceRow {
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

function rate(value: string | null): Decimal | undefined {
  return value === null ? undefined : new Decimal(value);
}
