import { ApiProperty } from '@nestjs/swagger';

/** A figure of the wire: a number, or null when it cannot be computed. */
export function MaybeNumber(description: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: Number, nullable: true, description, example });
}
