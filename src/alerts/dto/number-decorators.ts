import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, Max, Min, type ValidationOptions } from 'class-validator';

interface NumberOptions {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly default?: number;
  readonly example?: number;
  readonly nullable?: true;
}

/** A number of the body that must be there. */
export function RequiredNumber(options: NumberOptions): PropertyDecorator {
  return applyDecorators(document(Number, options, true), ...numberWithin(options));
}

export function OptionalNumber(options: NumberOptions): PropertyDecorator {
  return applyDecorators(document(Number, options, false), IsOptional(), ...numberWithin(options));
}

/** A whole number of seconds (or of events), null being its default. */
export function OptionalSeconds(options: NumberOptions): PropertyDecorator {
  const { min, max } = options;
  const refusal: ValidationOptions = { message: `must be a whole number from ${min} to ${max}` };
  return applyDecorators(
    document('integer', options, false),
    IsOptional(),
    IsInt(refusal),
    Min(min, refusal),
    Max(max, refusal),
  );
}

function numberWithin({ min, max }: NumberOptions): PropertyDecorator[] {
  const refusal: ValidationOptions = { message: `must be a number from ${min} to ${max}` };
  return [IsNumber({ allowNaN: false, allowInfinity: false }, refusal), Min(min, refusal), Max(max, refusal)];
}

function document(type: 'integer' | typeof Number, options: NumberOptions, required: boolean): PropertyDecorator {
  const { min, max, nullable, description, example } = options;
  return ApiProperty({
    type,
    required,
    minimum: min,
    maximum: max,
    description,
    ...(nullable && { nullable }),
    ...(options.default !== undefined && { default: options.default }),
    ...((example ?? options.default) !== undefined && { example: example ?? options.default }),
  });
}
