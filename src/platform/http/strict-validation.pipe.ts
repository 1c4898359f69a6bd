import { applyDecorators, Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { ArrayMaxSize, IsArray, validate, type ValidationError } from 'class-validator';
import { TimeSlices } from '../background/index.js';
import { InvalidInputError, type FieldError } from '../errors/index.js';
import { appendToPath } from './input-path.js';
import { shortName } from './request-errors.js';
import { reachesPrototype } from './unsafe-json.js';

type InputType = 'body' | 'query' | 'param';

const MAX_ERRORS = 100;
const NOT_A_DTO = new Set<unknown>([Object, String, Number, Boolean, Array, undefined]);

/** Turns bodies and queries into their DTO, and refuses what the DTO does not declare, naming each field. */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  /** What is not sent is judged once: most reads are asked for without parameters, and validating is the dearest part. */
  private readonly mayBeEmpty = new WeakSet<Type<object>>();

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || NOT_A_DTO.has(metatype)) return value;
    return this.toDto(value, type, metatype as Type<object>);
  }

  private async toDto(value: unknown, type: InputType, dto: Type<object>): Promise<object> {
    const isEmpty = type === 'query' && Object.keys(value ?? {}).length === 0;
    if (isEmpty && this.mayBeEmpty.has(dto)) return instantiate(dto, {});
    const { instance, errors } = await readDto(value === undefined ? {} : value, dto, { type, path: '' });
    if (errors.length > 0) throw refusal(errors);
    if (isEmpty) this.mayBeEmpty.add(dto);
    return instance;
  }
}

/** Turns a body that is an array into DTOs, each as strictly; `@Body(new ListBodyPipe(PriceDto, 1000))`. */
export class ListBodyPipe<Dto extends object> implements PipeTransform<unknown, Promise<Dto[]>> {
  constructor(
    private readonly dto: Type<Dto>,
    private readonly maxItems: number,
  ) {}

  async transform(value: unknown): Promise<Dto[]> {
    if (!Array.isArray(value)) throw refusal([{ path: '', message: 'must be a JSON array' }]);
    if (value.length > this.maxItems) {
      throw refusal([{ path: '', message: `must not have more than ${this.maxItems} items` }]);
    }
    const { instances, errors } = await readItems(value, this.dto, '');
    if (errors.length > 0) throw refusal(errors);
    return instances;
  }
}

const LONG_LISTS = Symbol('long lists');

/**
 * A field of a DTO that is a list of other DTOs, so long that validating it at once would hold up other requests. Instead
 * of `@IsArray`, `@ArrayMaxSize`, `@Type` and `@ValidateNested`.
 */
export function LongList(item: Type<object>, maxItems: number): PropertyDecorator {
  return applyDecorators(IsArray(), ArrayMaxSize(maxItems), (target: object, name: string | symbol) => {
    const lists = { ...longListsOf(target), [name]: item };
    Reflect.defineMetadata(LONG_LISTS, lists, target);
  });
}

function longListsOf(prototype: object): Readonly<Record<string, Type<object>>> {
  return (Reflect.getMetadata(LONG_LISTS, prototype) as Record<string, Type<object>> | undefined) ?? {};
}

async function readItems<Item extends object>(
  items: readonly unknown[],
  dto: Type<Item>,
  path: string,
): Promise<{ instances: Item[]; errors: FieldError[] }> {
  const slices = new TimeSlices();
  const instances: Item[] = [];
  const errors: FieldError[] = [];
  for (let index = 0; index < items.length && errors.length < MAX_ERRORS; index++) {
    const read = await readDto(items[index], dto, { type: 'body', path: `${path}[${index}]` });
    instances.push(read.instance);
    for (const error of read.errors) errors.push(error);
    await slices.pause();
  }
  return { instances, errors };
}

async function readDto<Dto extends object>(
  given: unknown,
  dto: Type<Dto>,
  { type, path }: { readonly type: InputType; readonly path: string },
): Promise<{ instance: Dto; errors: FieldError[] }> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw refusal([{ path, message: 'must be a JSON object' }]);
  }
  const { input, errors } = readable(given, type, dto);
  const lists = Object.keys(longListsOf(dto.prototype as object)).filter((name) => Array.isArray(input[name]));
  const instance = instantiate(dto, { ...input, ...Object.fromEntries(lists.map((name) => [name, []])) });
  // As long as they are, so that their number is checked; what is in them is read by itself.
  for (const name of lists) (instance as Record<string, unknown>)[name] = input[name];
  const failures = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    // A DTO without any decorated property still refuses every field.
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  });
  const own = errors.map((error) => ({ ...error, path: appendToPath(path, error.path) }));
  const found = [...own, ...failures.flatMap((failure) => flatten(failure, type, path))];
  for (const name of found.length === 0 ? lists : []) {
    const item = longListsOf(dto.prototype as object)[name]!;
    const read = await readItems(input[name] as unknown[], item, appendToPath(path, name));
    (instance as Record<string, unknown>)[name] = read.instances;
    found.push(...read.errors.slice(0, MAX_ERRORS));
  }
  return { instance, errors: found };
}

function instantiate<Dto extends object>(dto: Type<Dto>, input: object): Dto {
  return plainToInstance(dto, input, { exposeUnsetFields: false });
}

function refusal(errors: FieldError[]): InvalidInputError {
  return new InvalidInputError(withoutRepeats(errors).slice(0, MAX_ERRORS));
}

/**
 * The part of an input that class-validator can judge. It takes the names of `Object.prototype` for declared ones, so
 * these are refused here; and a query parameter comes once, unless it is declared as an array.
 */
function readable(
  given: object,
  type: InputType,
  dto: Type<object>,
): { input: Record<string, unknown>; errors: FieldError[] } {
  const input: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const isList = Reflect.getMetadata('design:type', dto.prototype as object, name) === Array;
    if (reachesPrototype(name)) errors.push({ path: shortName(name), message: unknownName(type) });
    else if (type !== 'query') input[name] = value;
    else if (Array.isArray(value) && !isList) errors.push({ path: shortName(name), message: 'must be given once' });
    else input[name] = isList && !Array.isArray(value) ? [value] : value;
  }
  return { input, errors };
}

function flatten(error: ValidationError, type: InputType, parent: string): FieldError[] {
  const path = appendToPath(parent, shortName(error.property));
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    path,
    message: constraint === 'whitelistValidation' ? unknownName(type) : withoutName(message, error.property),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, type, path))];
}

function unknownName(type: InputType): string {
  return type === 'query' ? 'is not a known query parameter' : 'is not a known field';
}

/** class-validator starts its messages with the property, which the path says already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** Several rules of one field may say the same, e.g. the bounds of a number that is none. */
function withoutRepeats(errors: FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [`${error.path}\n${error.message}`, error])).values()];
}
