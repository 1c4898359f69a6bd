/// <reference lib="es2024.string" />
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { EVENT_SCHEMAS, EVENT_TYPE_NAMES, type EventType } from '../../src/events/index.js';

export type SentEvent = Record<string, unknown> & { event_id: string; occurred_at: string };

/** A valid event with its own key; a test states only what it is about. */
export function anEvent(fields: Record<string, unknown> = {}): SentEvent {
  return {
    event_type: 'error',
    event_id: randomUUID(),
    occurred_at: new Date(Date.now() - 60_000).toISOString(),
    name: 'TypeError',
    message: 'it broke',
    ...fields,
  };
}

interface Schema {
  readonly type?: string;
  readonly enum?: string[];
  readonly const?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Text as mean as it may be: escapes of COPY and JSON, all planes of Unicode, nothing that cannot be stored. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\\', '\t', '\n', '\r', '\\N', '"', "'", '\u0001', '\u2028', 'é', '🌹', '\\.', ' '),
  }),
);
const storable = (max: number, min: number): fc.Arbitrary<string> =>
  text
    .map((value) => value.replaceAll('\0', '0').slice(0, max))
    .filter((value) => value.length >= min && value.isWellFormed());

/** Any event that its published schema allows. Give it an id of its own before it is sent: shrinking sends it again. */
export function anyEvent(type: EventType): fc.Arbitrary<SentEvent> {
  return fromSchema(EVENT_SCHEMAS[type]) as fc.Arbitrary<SentEvent>;
}

export const anyOutsideEvent = fc.oneof(...EVENT_TYPE_NAMES.filter((type) => type !== 'alert').map(anyEvent));

function fromSchema(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time') return recentInstant();
  switch (schema.type) {
    case 'string':
      return storable(schema.maxLength ?? 100, schema.minLength ?? 0);
    case 'integer':
      return fc.integer({ min: schema.minimum, max: schema.maximum });
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}), { maxLength: 5 });
    default:
      return objectOf(schema);
  }
}

/** A collection needs a letter to have a slug. */
function fieldOf(name: string, schema: Schema): fc.Arbitrary<unknown> {
  const value = fromSchema(schema);
  return name === 'collection' ? value.map((text) => `${(text as string).slice(1).toWellFormed()}x`) : value;
}

function numberOf(schema: Schema): fc.Arbitrary<number> {
  const { minimum: min = 0.000001, maximum: max = 1 } = schema;
  if (!('x-decimals' in schema)) return fc.double({ min, max, noNaN: true });
  // A decimal of at most 15 digits is what it says; what JSON then writes is the same decimal.
  const whole = fc.integer({ min: Math.max(Math.floor(min), -999_999_999), max: 999_999_999 });
  const amount = fc.tuple(whole, fc.integer({ min: 0, max: 999_999 }));
  return amount
    .map(([units, micros]) => Number(`${units}.${String(micros).padStart(6, '0')}`))
    .filter((value) => value >= min && value <= max);
}

function objectOf({ properties, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  if (!properties) return anyProperties();
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fieldOf(name, schema)]));
  return fc.record(fields, {
    requiredKeys: [...required, ...('event_id' in fields ? ['event_id', 'occurred_at'] : [])],
  });
}

/** jsonb keeps no order of keys and no −0; both are nothing to JSON. */
function anyProperties(): fc.Arbitrary<Record<string, unknown>> {
  const key = storable(20, 0).filter((name) => name !== '__proto__' && name !== 'constructor');
  const leaf = fc.oneof(
    storable(50, 0),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0),
  );
  const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf, { maxKeys: 3 }));
  return fc.dictionary(key, value, { maxKeys: 4 }).map((object) => ({ ...object }));
}

function recentInstant(): fc.Arbitrary<string> {
  const end = Date.now() * 1_000;
  return fc
    .tuple(fc.integer({ min: 0, max: 3 * 86_400_000_000 }), fc.constantFrom(0, 120, -330))
    .map(([ago, offset]) => {
      const micros = end - ago;
      const local = new Date(Math.floor(micros / 1_000) + offset * 60_000).toISOString().slice(0, -1);
      const sign = offset < 0 ? '-' : '+';
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, '0'),
      );
      return `${local}${String(((micros % 1_000) + 1_000) % 1_000).padStart(3, '0')}${sign}${hours}:${minutes}`;
    });
}
