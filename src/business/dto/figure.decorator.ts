import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** A figure of the wire: a number, or null when it cannot be computed. `formula` is what the docs say of it. */
export function Figure(formula: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: Number, nullable: true, description: formula, example });
}

/** A figure that is counted. */
export function Count(formula: string, example?: number): PropertyDecorator {
  return ApiProperty({ type: 'integer', nullable: true, description: formula, example });
}

/** The base of a class with the relative change of each of these figures. */
export function ChangesOf<Name extends string>(names: readonly Name[]): Type<Record<Name, number | null>> {
  class Changes {}
  for (const name of names) {
    Figure(`(${name} − compared ${name}) / |compared ${name}|; null against 0 or none.`, 0.12)(Changes.prototype, name);
  }
  return Changes as Type<Record<Name, number | null>>;
}
