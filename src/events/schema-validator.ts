import { Ajv, type ValidateFunction } from 'ajv';
import type { FieldError } from '../platform/errors/index.js';
import { EVENT_SCHEMAS } from './event.schema.js';
import { EVENT_TYPE_NAMES, type EventType } from './event-types.js';
import { explainSchemaErrors } from './schema-errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Below this an event is read again for all of its errors; above it, the first has to do, or bad input could cost much. */
const MAX_LENGTH_FOR_ALL_ERRORS = 16 * 1024;

/** One compiled function per type; only that of the event's own type runs. It stops at the first error. */
const validators = compileAll(newAjv(false));
let thoroughValidators: Record<EventType, ValidateFunction> | undefined;

/** What of `event` breaks the schema of its type; undefined for nothing. Paths are relative to the event. */
export function checkSchema(type: EventType, event: Record<string, unknown>): FieldError[] | undefined {
  const validate = validators[type];
  if (validate(event)) return undefined;
  const first = explainSchemaErrors(validate.errors ?? [], event);
  return isShort(event) ? explainThoroughly(type, event) : first;
}

function explainThoroughly(type: EventType, event: Record<string, unknown>): FieldError[] {
  thoroughValidators ??= compileAll(newAjv(true));
  const validate = thoroughValidators[type];
  validate(event);
  return explainSchemaErrors(validate.errors ?? [], event);
}

/** Nothing deep is written out here: a value that is no string counts by its number of members. */
function isShort(event: Record<string, unknown>): boolean {
  let length = 0;
  for (const key in event) {
    const value = event[key];
    length +=
      key.length + (typeof value === 'string' ? value.length : 0) + (Array.isArray(value) ? value.length * 100 : 0);
    if (length > MAX_LENGTH_FOR_ALL_ERRORS) return false;
  }
  return true;
}

function newAjv(allErrors: boolean): Ajv {
  // `unicode: false`: lengths are UTF-16 code units, else every string of every event is walked to count characters.
  const ajv = new Ajv({ allErrors, unicode: false, strict: true, verbose: false, logger: false });
  ajv.addFormat('uuid', UUID);
  ajv.addFormat('date-time', true); // read by parseInstant, which says what is wrong
  ajv.addKeyword('x-decimals'); // rounded to before the schema is checked
  return ajv;
}

function compileAll(ajv: Ajv): Record<EventType, ValidateFunction> {
  return Object.fromEntries(EVENT_TYPE_NAMES.map((type) => [type, ajv.compile(EVENT_SCHEMAS[type])])) as Record<
    EventType,
    ValidateFunction
  >;
}
