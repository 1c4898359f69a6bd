import { ApiProperty } from '@nestjs/swagger';

/** A figure of the wire: a number, or null when it cannot be computed. */
export function MaybeNumber(description: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: Number, nullable: true, description, example });
}

/** A count of the wire, or null when it is not known. */
export function MaybeInteger(description: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: 'integer', nullable: true, description, example });
}
