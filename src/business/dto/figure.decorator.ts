import { ApiProperty } from '@nestjs/swagger';

/** A figure of the wire: a number, or null when it cannot be computed. `formula` is what the docs say of it. */
export function Figure(formula: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: Number, nullable: true, description: formula, example });
}
