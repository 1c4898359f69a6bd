import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, type ValidationOptions } from 'class-validator';

export interface QueryIntegerOptions {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly default?: number;
}

/** The only way to write a whole number in a query: no sign but minus, no leading zeros, no exponent, no blanks. */
const WHOLE_NUMBER = /^(0|-?[1-9]\d{0,14})$/;

/** An optional query parameter that is a whole number. */
export function QueryInteger(options: QueryIntegerOptions): PropertyDecorator {
  const { min, max, description, default: fallback } = options;
  const refusal: ValidationOptions = { message: `must be a whole number from ${min} to ${max}` };
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: min, maximum: max, default: fallback, description }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (isWholeNumber(value) ? Number(value) : value)),
    IsInt(refusal),
    Min(min, refusal),
    Max(max, refusal),
  );
}

function isWholeNumber(value: unknown): value is string {
  return typeof value === 'string' && WHOLE_NUMBER.test(value);
}
