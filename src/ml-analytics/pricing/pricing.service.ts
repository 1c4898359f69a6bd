import { Injectable } from '@nestjs/common';
import { Decimal } from '../../metrics/index.js';
import { InvalidInputError, type FieldError } from '../../platform/errors/index.js';
import { PriceTable, type Price } from '../domain/price-table.js';
import type { PriceDto } from './price.dto.js';
import { PricingRepository } from './pricing.repository.js';

/** What jobs cost that did not say so: read, replaced whole, and looked up by the figures. */
@Injectable()
export class PricingService {
  constructor(private readonly repository: PricingRepository) {}

  async table(): Promise<PriceTable> {
    return new PriceTable(await this.repository.list());
  }

  /** By provider, model and date. */
  async list(): Promise<PriceDto[]> {
    return (await this.repository.list()).map(toDto);
  }

  /** Replaces the table and answers it. The same table again changes nothing. @throws InvalidInputError */
  async replace(given: readonly PriceDto[], changedBy: string): Promise<PriceDto[]> {
    const errors = [...given.flatMap(refusals), ...repeats(given)];
    if (errors.length > 0) throw new InvalidInputError(errors);
    await this.repository.replace(given.map(toPrice), changedBy);
    return this.list();
  }
}

const RATES = ['usd_per_second', 'usd_per_input_unit', 'usd_per_output_unit', 'usd_per_job'] as const;

function refusals(price: PriceDto, index: number): FieldError[] {
  const errors: FieldError[] = [];
  if (RATES.every((name) => price[name] === undefined || price[name] === null)) {
    errors.push({ path: `[${index}]`, message: `must set at least one of ${RATES.join(', ')}` });
  }
  const day = price.valid_from.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) {
    errors.push({ path: `[${index}].valid_from`, message: 'is not a day of the calendar' });
  }
  return errors;
}

function repeats(given: readonly PriceDto[]): FieldError[] {
  const known = new Map<string, number>();
  return given.flatMap((price, index) => {
    const key = JSON.stringify([price.provider, price.model, price.valid_from.slice(0, 10)]);
    const first = known.get(key);
    if (first === undefined) known.set(key, index);
    return first === undefined
      ? []
      : [{ path: `[${index}]`, message: `has the provider, model and valid_from of [${first}]` }];
  });
}

function toPrice(dto: PriceDto): Price {
  return {
    provider: dto.provider,
    model: dto.model,
    validFrom: new Date(`${dto.valid_from.slice(0, 10)}T00:00:00Z`),
    usdPerJob: rate(dto.usd_per_job),
    usdPerSecond: rate(dto.usd_per_second),
    usdPerInputUnit: rate(dto.usd_per_input_unit),
    usdPerOutputUnit: rate(dto.usd_per_output_unit),
  };
}

function rate(value: number | null | undefined): Decimal | undefined {
  return value === undefined || value === null ? undefined : new Decimal(value);
}

function toDto(price: Price): PriceDto {
  return {
    provider: price.provider,
    model: price.model,
    ...(price.usdPerSecond && { usd_per_second: price.usdPerSecond.toNumber() }),
    ...(price.usdPerInputUnit && { usd_per_input_unit: price.usdPerInputUnit.toNumber() }),
    ...(price.usdPerOutputUnit && { usd_per_output_unit: price.usdPerOutputUnit.toNumber() }),
    ...(price.usdPerJob && { usd_per_job: price.usdPerJob.toNumber() }),
    valid_from: price.validFrom.toISOString(),
  };
}
