import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsNumber, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Decimal } from '../../metrics/index.js';
import type { Price } from '../domain/price-table.js';

const MAX_USD = 1_000_000;

function Rate(description: string, example: number): PropertyDecorator {
  return (target, key) => {
    ApiPropertyOptional({ type: Number, description, example, minimum: 0, maximum: MAX_USD })(target, key);
    IsOptional()(target, key);
    IsNumber({ allowNaN: false, allowInfinity: false })(target, key);
    Min(0)(target, key);
    Max(MAX_USD)(target, key);
  };
}

/** What a provider asks for a job that did not report its cost. Rates that are set add up. */
@ApiSchema({ description: 'Price of a provider or a model, in USD.' })
export class PriceDto {
  @ApiProperty({ example: 'replicate' })
  @IsString()
  @Length(1, 200)
  provider!: string;

  @ApiProperty({ description: '`*`: every model of the provider without a price of its own.', example: '*' })
  @IsString()
  @Length(1, 200)
  model!: string;

  @Rate('USD per second of the job’s duration.', 0.000975)
  usd_per_second?: number;

  @Rate('USD per input unit (token, image, …).', 3e-7)
  usd_per_input_unit?: number;

  @Rate('USD per output unit.', 2.5e-6)
  usd_per_output_unit?: number;

  @Rate('USD per job.', 0.2)
  usd_per_job?: number;

  @ApiProperty({
    format: 'date-time',
    description: 'A UTC midnight: jobs from then on, until a later price of the same model.',
    example: '2026-01-01T00:00:00.000Z',
  })
  @Matches(/^\d{4}-\d{2}-\d{2}(T00:00(:00(\.0{1,6})?)?(Z|\+00:00))?$/, {
    message: 'must be a UTC midnight, e.g. 2026-01-01T00:00:00Z',
  })
  valid_from!: string;
}

export const PRICING_EXAMPLE: readonly PriceDto[] = [
  { provider: 'replicate', model: '*', usd_per_second: 0.000975, valid_from: '2024-01-01T00:00:00.000Z' },
  {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    usd_per_input_unit: 3e-7,
    usd_per_output_unit: 2.5e-6,
    valid_from: '2024-01-01T00:00:00.000Z',
  },
];

export function toPrice(dto: PriceDto): Price {
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

export function toPriceDto(price: Price): PriceDto {
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

function rate(value: number | null | undefined): Decimal | undefined {
  return value === undefined || value === null ? undefined : new Decimal(value);
}
