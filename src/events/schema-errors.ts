import type { ErrorObject } from 'ajv';
import type { FieldError } from '../platform/errors/index.js';
import { shownKey } from './storable.js';

const MAX_ERRORS = 20;
const NO_EPOCH = 'must be a string of ISO 8601 with offset, e.g. 2026-11-22T10:00:00.000Z; epoch numbers are not taken';

/** ajv's errors in the sender's words: `items[2].quantity must be > 0`. At most 20 of them. */
export function explainSchemaErrors(errors: readonly ErrorObject[], event: unknown): FieldError[] {
  return errors.slice(0, MAX_ERRORS).map((error) => explain(error, event));
}

function explain(error: ErrorObject, event: unknown): FieldError {
  const { keyword, instancePath, params } = error;
  const path = dotted(instancePath);
  if (keyword === 'required') return { path: join(path, String(params.missingProperty)), message: 'is required' };
  if (keyword === 'additionalProperties') {
    return {
      path: join(path, shownKey(String(params.additionalProperty))),
      message: 'is not a field of this event_type',
    };
  }
  if (keyword === 'type' && path === 'occurred_at') return { path, message: NO_EPOCH };
  return { path, message: messageOf(error, () => kindOf(valueAt(event, instancePath))) };
}

function messageOf({ keyword, params, message }: ErrorObject, kind: () => string): string {
  switch (keyword) {
    case 'type':
      return `must be ${article(String(params.type))}, not ${kind()}`;
    case 'enum':
      return explainEnum(params.allowedValues as string[]);
    case 'minLength':
      return 'must not be empty; leave an unknown field out';
    case 'maxLength':
      return `must be at most ${params.limit} characters long`;
    case 'format':
      return `must be a ${String(params.format).toUpperCase()}`;
    default:
      return message ?? 'is not valid';
  }
}

/** `/items/2/quantity` → `items[2].quantity` */
function dotted(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${shownKey(part)}`))
    .join('')
    .replace(/^\./, '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function explainEnum(values: string[]): string {
  return values.length <= 20
    ? `must be one of ${values.join(', ')}`
    : 'must be the ISO 4217 code of a currency in use, in capitals, e.g. USD';
}

function valueAt(event: unknown, pointer: string): unknown {
  let value = event;
  for (const part of pointer.split('/').slice(1)) value = (value as Record<string, unknown>)[part];
  return value;
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null (leave an unknown field out)';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : 'a number out of range';
  return article(typeof value);
}
