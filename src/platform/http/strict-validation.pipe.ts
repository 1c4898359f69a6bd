import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { InvalidInputError, type FieldError } from '../errors/index.js';
import { appendToPath } from './input-path.js';
import { shortName } from './request-errors.js';

const MAX_ERRORS = 100;
const NOT_A_DTO = new Set<unknown>([Object, String, Number, Boolean, Array, undefined]);

/** Turns bodies and queries into their DTO, and refuses what the DTO does not declare, naming each field. */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || NOT_A_DTO.has(metatype)) return value;
    return this.toDto(value, type, metatype as Type<object>);
  }

  private async toDto(value: unknown, type: 'body' | 'query' | 'param', dto: Type<object>): Promise<object> {
    const plain = value === undefined ? {} : value;
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
      throw new InvalidInputError([{ path: '', message: 'must be a JSON object' }]);
    }
    const input = type === 'query' ? adaptRepeats(plain, dto) : plain;
    const instance = plainToInstance(dto, input, { exposeUnsetFields: false });
    const errors = await validate(instance, {
      whitelist: true,
      forbidNonWhitelisted: true,
      // A DTO without any decorated property still refuses every field.
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    if (errors.length === 0) return instance;
    throw new InvalidInputError(errors.flatMap((error) => flatten(error, type, '')).slice(0, MAX_ERRORS));
  }
}

/**
 * A query parameter that is declared as an array may come once or more often; any other comes once.
 * @throws InvalidInputError naming a parameter that was repeated
 */
function adaptRepeats(query: object, dto: Type<object>): object {
  const adapted: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    const isList = Reflect.getMetadata('design:type', dto.prototype as object, name) === Array;
    if (Array.isArray(value) && !isList) errors.push({ path: shortName(name), message: 'must be given once' });
    const repeats = isList && !Array.isArray(value) ? [value] : value;
    // Never by assignment: the name may be `__proto__`.
    Object.defineProperty(adapted, name, { value: repeats, enumerable: true, configurable: true, writable: true });
  }
  if (errors.length > 0) throw new InvalidInputError(errors);
  return adapted;
}

function flatten(error: ValidationError, type: 'body' | 'query' | 'param', parent: string): FieldError[] {
  const path = appendToPath(parent, shortName(error.property));
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    path,
    message: constraint === 'whitelistValidation' ? unknownName(type) : withoutName(message, error.property),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, type, path))];
}

function unknownName(type: 'body' | 'query' | 'param'): string {
  return type === 'query' ? 'is not a known query parameter' : 'is not a known field';
}

/** class-validator starts its messages with the property, which the path says already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
