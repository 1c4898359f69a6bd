import { Injectable } from '@nestjs/common';
import { InvalidInputError, type FieldError } from '../../platform/errors/index.js';
import { decodeCursor, pageOf, readSerialPlace, type PageQueryDto } from '../../platform/http/index.js';
import { PriceTable } from '../domain/price-table.js';
import { toPrice, toPriceDto, type PriceDto } from './price.dto.js';
import { toChangeDto, type PricingChangePageDto } from './pricing-audit.dto.js';
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
    return (await this.repository.list()).map(toPriceDto);
  }

  /** Replaces the table and answers it. The same table again changes nothing. @throws InvalidInputError */
  async replace(given: readonly PriceDto[], changedBy: string): Promise<PriceDto[]> {
    const errors = [...given.flatMap(refusals), ...repeats(given)];
    if (errors.length > 0) throw new InvalidInputError(errors);
    await this.repository.replace(given.map(toPrice), changedBy);
    return this.list();
  }

  /** Who replaced the table when, newest first, and what changed by it. @throws InvalidInputError naming cursor */
  async changes({ limit, cursor }: PageQueryDto): Promise<PricingChangePageDto> {
    const beforeId = decodeCursor(cursor, readSerialPlace);
    const page = pageOf(await this.repository.changes(limit + 1, beforeId), limit, ({ id }) => [id]);
    return { ...page, items: page.items.map(toChangeDto) };
  }
}

/** No job is older, and PostgreSQL's calendar has no year 0. */
const FIRST_DAY = '1970-01-01';
const RATES = ['usd_per_second', 'usd_per_input_unit', 'usd_per_output_unit', 'usd_per_job'] as const;

function refusals(price: PriceDto, index: number): FieldError[] {
  const errors: FieldError[] = [];
  if (RATES.every((name) => price[name] === undefined || price[name] === null)) {
    errors.push({ path: `[${index}]`, message: `must set at least one of ${RATES.join(', ')}` });
  }
  const day = price.valid_from.slice(0, 10);
  if (!isDay(day)) errors.push({ path: `[${index}].valid_from`, message: 'is not a day of the calendar' });
  else if (day < FIRST_DAY) {
    errors.push({ path: `[${index}].valid_from`, message: `must not be before ${FIRST_DAY}` });
  }
  return errors;
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day;
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
